import { MetricsAggregator } from '@otel-perf/metrics';
import { Summary } from '@prometheus-io/client';
import { durations, expectEqual, keep } from '../../fixtures/values.ts';
import { atLeast, ratio, type Case, type Timed } from '../../harness/case.ts';

/** So many, so that the branch predictor does not learn one of them. */
const WINDOWS = 64;
const SIZE = 1000;

/** Ten exact statistics of a thousand values (three of them percentiles) against three estimated ones, the sum and the count. */
export default {
  goal: atLeast(10),
  figure: ratio('Summary.get', 'getStats'),
  contenders: { getStats, 'Summary.get': summaryGet },
} satisfies Case;

function getStats(): Timed {
  const aggregator = new MetricsAggregator({ windowSize: SIZE });
  const values = durations(WINDOWS * SIZE);
  values.forEach((value, i) => aggregator.addMetric(`duration_${Math.floor(i / SIZE)}`, value));
  const names = aggregator.names();
  const percentiles = [50, 95, 99];
  return {
    run(times) {
      let sum = 0;
      for (let i = 0; i < times; i++) sum += aggregator.getStats(names[i % WINDOWS]!, percentiles)!.percentiles.p99!;
      keep(sum);
    },
    check() {
      for (let w = 0; w < WINDOWS; w++) {
        const stats = aggregator.getStats(names[w]!, [0, 50, 100])!;
        const sorted = values.slice(w * SIZE, (w + 1) * SIZE).sort();
        expectEqual(stats.count, SIZE, 'values');
        expectEqual(stats.percentiles.p0, sorted[0], 'least');
        expectEqual(stats.percentiles.p50, (sorted[499]! + sorted[500]!) / 2, 'median');
        expectEqual(stats.percentiles.p100, sorted[SIZE - 1], 'greatest');
      }
    },
  };
}

/** Not awaited one by one: a Summary without `collect` has all its work done when `get()` returns. */
function summaryGet(): Timed {
  const summaries = Array.from(
    { length: WINDOWS },
    (_, w) => new Summary({ name: `duration_${w}`, help: '-', percentiles: [0.5, 0.95, 0.99], registers: [] }),
  );
  durations(WINDOWS * SIZE).forEach((value, i) => summaries[Math.floor(i / SIZE)]!.observe(value));
  return {
    async run(times) {
      let last: Promise<unknown> | undefined;
      for (let i = 0; i < times; i++) last = summaries[i % WINDOWS]!.get();
      await last;
    },
    async check() {
      const { values } = await summaries[0]!.get();
      expectEqual(values.length, 5, 'figures read');
      expectEqual(values.find(({ metricName }) => metricName === 'duration_0_count')?.value, SIZE, 'values observed');
    },
  };
}
