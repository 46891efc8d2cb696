import { scaling } from '../../fixtures/memory-pool-threads.ts';
import { atLeast, quantity, type Case } from '../../harness/case.ts';
import { gated } from '../../harness/gate.ts';

const CONTENDER = '2 threads / 1 thread';

export default {
  goal: atLeast(1.75),
  figure: gated(quantity(CONTENDER, 'ratio')),
  contenders: { [CONTENDER]: scaling },
  rounds: 5,
} satisfies Case;
