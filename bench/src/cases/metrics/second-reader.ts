import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { PerformanceMetricReader } from '@otel-perf/metrics';
import { durations, expectEqual, MASK } from '../../fixtures/values.ts';
import { atMost, ratio, type Case, type Timed } from '../../harness/case.ts';

const BOUNDARIES = [0.000_001, 0.000_01, 0.0001, 0.001, 0.01, 0.1, 1];

/** What the official exporter beside our reader costs every record: the SDK does the work of each for each reader. */
export default {
  goal: atMost(2.2),
  figure: ratio('with the official exporter beside', 'one reader'),
  contenders: { 'one reader': () => records(false), 'with the official exporter beside': () => records(true) },
} satisfies Case;

function records(beside: boolean): Timed {
  const reader = new PerformanceMetricReader();
  const readers = [reader, ...(beside ? [new PrometheusExporter({ preventServerStart: true })] : [])];
  const meter = new MeterProvider({ readers }).getMeter('bench');
  const histogram = meter.createHistogram('duration', { unit: 's', advice: { explicitBucketBoundaries: BOUNDARIES } });
  const values = durations();
  let done = 0;
  return {
    run(times) {
      for (let i = 0; i < times; i++) histogram.record(values[(done + i) & MASK]!, { route: '/orders' });
      done += times;
    },
    async check(times) {
      const [metric] = await reader.snapshot((each) => each.name === 'duration');
      expectEqual(metric?.distribution?.count ?? 0, times, 'values');
    },
  };
}
