import { official, ours } from '../../fixtures/prom-text.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

/** With our default naming. */
export default {
  goal: atLeast(15),
  figure: ratio('PrometheusSerializer', 'specification naming'),
  contenders: { 'specification naming': () => ours('specification'), PrometheusSerializer: official },
  rounds: 3,
} satisfies Case;
