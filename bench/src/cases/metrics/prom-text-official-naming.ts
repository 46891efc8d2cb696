import { official, ours } from '../../fixtures/prom-text.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

/** With the naming in which both write the same lines. */
export default {
  goal: atLeast(15),
  figure: ratio('PrometheusSerializer', 'official naming'),
  contenders: { 'official naming': () => ours('official'), PrometheusSerializer: official },
  rounds: 3,
} satisfies Case;
