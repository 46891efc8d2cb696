import { SlabAllocator } from '@otel-perf/memory-pool';
import { firstFailure } from '../../fixtures/memory-pool-first-failure.ts';
import { atLeast, quantity, type Case } from '../../harness/case.ts';

const CONTENDER = 'in use at the first failure, SlabAllocator';

/** Rounding up to four classes an octave costs 9 %, the rest is slots of runs that nobody asks for. */
export default {
  goal: atLeast(84),
  figure: quantity(CONTENDER, '%'),
  contenders: { [CONTENDER]: () => firstFailure((size) => new SlabAllocator({ size })) },
  rounds: 1,
} satisfies Case;
