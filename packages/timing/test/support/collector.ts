import { CentralizedMetricsCollector, type Metric } from '@otel-perf/metrics';
import { MeterProvider, MetricReader, type CollectionResult } from '@opentelemetry/sdk-metrics';

class ManualReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

export interface Bench {
  readonly collector: CentralizedMetricsCollector;
  readonly meterProvider: MeterProvider;
  /** What was recorded, as `source name tags`, oldest first. */
  log(): string[];
  metrics(): Metric[];
  collect(): Promise<CollectionResult>;
  /** The data points of one OpenTelemetry instrument, as `[value, attributes]`. */
  points(instrument: string): Promise<[unknown, unknown][]>;
}

/** A collector of its own, with a meter provider of its own. */
export function bench(options: ConstructorParameters<typeof CentralizedMetricsCollector>[0] = {}): Bench {
  const reader = new ManualReader();
  const meterProvider = new MeterProvider({ readers: [reader] });
  const collector = new CentralizedMetricsCollector({ meterProvider, ...options });
  const metrics = (): Metric[] => collector.getMetrics();
  const collect = (): Promise<CollectionResult> => reader.collect();
  return {
    collector,
    meterProvider,
    metrics,
    collect,
    log: () => metrics().map(({ source, name, tags }) => [source, name, ...Object.entries(tags).map((tag) => tag.join('='))].join(' ')),
    points: async (instrument) => {
      const { resourceMetrics } = await collect();
      return resourceMetrics.scopeMetrics
        .flatMap((scope) => scope.metrics)
        .filter((each) => each.descriptor.name === instrument)
        .flatMap((each) => each.dataPoints.map(({ value, attributes }): [unknown, unknown] => [value, attributes]));
    },
  };
}

/** Resolves after all that is due now, the reports of unhandled rejections included. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
