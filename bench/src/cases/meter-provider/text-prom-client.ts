import { promClient, pages } from '../../fixtures/meter-provider-text.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(15),
  figure: ratio('prom-client', 'ours'),
  contenders: { ours: () => pages(1), 'prom-client': () => promClient(1) },
  rounds: 5,
} satisfies Case;
