import { official, pages } from '../../fixtures/meter-provider-text.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(300),
  figure: ratio("SDK's collect and PrometheusSerializer", 'ours'),
  contenders: { ours: () => pages(20), "SDK's collect and PrometheusSerializer": () => official(20) },
  rounds: 5,
} satisfies Case;
