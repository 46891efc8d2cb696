import { metrics } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { MetricType, PerformanceMetricReader } from '@otel-perf/metrics';

const reader = new PerformanceMetricReader();
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

/** Every metric that the program recorded, by source, name and tags: how often, or what a counter counts; of a rate only that it is there. */
export async function recorded(): Promise<Record<string, number | string>> {
  const snapshot = await reader.snapshot(({ name }) => !name.startsWith('otel_perf.'));
  return Object.fromEntries(
    snapshot.map(({ name, source, type, tags, value, distribution }) => [
      [source, name, ...Object.values(tags)].join(' '),
      distribution?.count ?? (type === MetricType.COUNTER ? value : type),
    ]),
  );
}
