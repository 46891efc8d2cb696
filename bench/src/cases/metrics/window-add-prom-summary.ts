import { Summary } from '@prometheus-io/client';
import { durations, expectEqual, MASK } from '../../fixtures/values.ts';
import { windowAdd } from '../../fixtures/window-add.ts';
import { atLeast, ratio, type Case, type Timed } from '../../harness/case.ts';

/** Their cheapest Summary: no labels and, since it has no age, one digest. */
export default {
  goal: atLeast(200),
  figure: ratio('Summary.observe', 'window.add'),
  contenders: { 'window.add': windowAdd, 'Summary.observe': summaryObserve },
} satisfies Case;

function summaryObserve(): Timed {
  const values = durations();
  const summary = new Summary({ name: 'duration', help: 'Durations.', percentiles: [0.5, 0.95, 0.99], registers: [] });
  return {
    run(times) {
      for (let i = 0; i < times; i++) summary.observe(values[i & MASK]!);
    },
    async check(times) {
      const { values: read } = await summary.get();
      expectEqual(read.find(({ metricName }) => metricName === 'duration_count')?.value, times, 'values observed');
    },
  };
}
