import { TlsfAllocator } from '@otel-perf/memory-pool';
import { firstFailure } from '../../fixtures/memory-pool-first-failure.ts';
import { atLeast, quantity, type Case } from '../../harness/case.ts';

const CONTENDER = 'in use at the first failure, TlsfAllocator';

export default {
  goal: atLeast(95),
  figure: quantity(CONTENDER, '%'),
  contenders: { [CONTENDER]: () => firstFailure((size) => new TlsfAllocator({ size })) },
  rounds: 1,
} satisfies Case;
