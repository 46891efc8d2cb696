import { recovery } from '../../fixtures/cpu-pipeline-adaptive.ts';
import { atMost, quantity, type Case } from '../../harness/case.ts';

export default {
  goal: atMost(5),
  figure: quantity('until p95 is back at 2 ms', 's'),
  contenders: { 'until p95 is back at 2 ms': recovery },
  rounds: 3,
} satisfies Case;
