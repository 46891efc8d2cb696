import { gatedQuantity, scaling } from '../../fixtures/memory-pool-threads.ts';
import { atLeast, type Case } from '../../harness/case.ts';

const CONTENDER = '2 threads / 1 thread';

export default {
  goal: atLeast(1.75),
  figure: gatedQuantity(CONTENDER, 'ratio'),
  contenders: { [CONTENDER]: scaling },
  rounds: 5,
} satisfies Case;
