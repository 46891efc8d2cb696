import { shareOfBest } from '../../fixtures/cpu-pipeline-adaptive.ts';
import { gated } from '../../harness/gate.ts';
import { atLeast, quantity, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(93),
  figure: gated(quantity('optimizer, of the best fixed setting', '%')),
  contenders: { 'optimizer, of the best fixed setting': () => shareOfBest(0) },
  rounds: 3,
} satisfies Case;
