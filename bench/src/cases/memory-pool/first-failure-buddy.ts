import { BuddyAllocator } from '@otel-perf/memory-pool';
import { firstFailure } from '../../fixtures/memory-pool-first-failure.ts';
import { atLeast, quantity, type Case } from '../../harness/case.ts';

const CONTENDER = 'in use at the first failure, BuddyAllocator';

/** Half a power of two is lost to rounding: of log-uniform sizes a buddy allocator can use 1 / (2 ln 2), 72.1 %, at most. */
export default {
  goal: atLeast(71),
  figure: quantity(CONTENDER, '%'),
  contenders: { [CONTENDER]: () => firstFailure((size) => new BuddyAllocator({ size })) },
  rounds: 1,
} satisfies Case;
