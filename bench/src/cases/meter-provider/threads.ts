import { scaling } from '../../fixtures/meter-provider-threads.ts';
import { atLeast, quantity, type Case } from '../../harness/case.ts';
import { gated } from '../../harness/gate.ts';

export default {
  goal: atLeast(1.75),
  figure: gated(quantity('2 threads / 1 thread', 'ratio')),
  contenders: { '2 threads / 1 thread': scaling },
  rounds: 5,
} satisfies Case;
