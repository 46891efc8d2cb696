import { FixedBlockAllocator } from '@otel-perf/memory-pool';
import { firstFailure } from '../../fixtures/memory-pool-first-failure.ts';
import { atLeast, quantity, type Case } from '../../harness/case.ts';

const CONTENDER = 'in use at the first failure, FixedBlockAllocator';
const BLOCK = 16_384;

/** The blocks of a paged KV cache, each of them asked for whole. */
export default {
  goal: atLeast(99.5),
  figure: quantity(CONTENDER, '%'),
  contenders: {
    [CONTENDER]: () =>
      firstFailure(
        (size) => new FixedBlockAllocator({ size, blockSize: BLOCK }),
        () => BLOCK,
      ),
  },
  rounds: 1,
} satisfies Case;
