import { gated } from '../../harness/gate.ts';
import { handOff } from '../../fixtures/cpu-pipeline-hand-off.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(5),
  figure: gated(ratio('structured clone', 'by reference')),
  contenders: { 'structured clone': () => handOff('clone'), 'by reference': () => handOff('reference') },
} satisfies Case;
