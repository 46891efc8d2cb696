import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { CentralizedMetricsCollector, PerformanceMetricReader } from '@otel-perf/metrics';

/** A collector of its own, in a real MeterProvider with a reader. */
export function setUp() {
  let provider: MeterProvider | undefined;
  // The provider wants its readers, and the reader its collector, before the provider is there.
  const late = { getMeter: (...args: Parameters<MeterProvider['getMeter']>) => provider!.getMeter(...args) };
  const collector = new CentralizedMetricsCollector({ meterProvider: late });
  const reader = new PerformanceMetricReader({ collector });
  provider = new MeterProvider({ readers: [reader] });
  return { provider, collector, reader };
}

const TAGS = ['pipeline.name', 'stage', 'error.type'];

/** What a collection shows of pipelines: value, of times how many, by name and tags. */
export async function shown(reader: PerformanceMetricReader): Promise<Record<string, number>> {
  const metrics = await reader.snapshot(({ source }) => source === 'cpu_pipeline');
  return Object.fromEntries(
    metrics.map(({ name, value, tags, distribution }) => [
      [name, ...TAGS.flatMap((tag) => tags[tag] ?? [])].join(' '),
      distribution?.count ?? value,
    ]),
  );
}
