import { AggregationType, MeterProvider, MetricReader, type ExponentialHistogram, type Histogram } from '@opentelemetry/sdk-metrics';
import type { StreamAggregation } from '../../src/model/stream.ts';

type Distribution = Extract<StreamAggregation, { kind: 'histogram' | 'exponential-histogram' }>;

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** An instrument of the SDK whose values are aggregated so. A gauge, since that takes any number; histograms of it tell no sum. */
export interface SdkSeries {
  record(value: number): void;
  read(): Promise<Histogram | ExponentialHistogram>;
}

export function sdkSeries(aggregation: Distribution, instrument: 'gauge' | 'histogram' = 'gauge'): SdkSeries {
  const reader = new Reader({
    aggregationSelector: () =>
      aggregation.kind === 'histogram'
        ? { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [...aggregation.boundaries], recordMinMax: true } }
        : { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: aggregation.maxSize, recordMinMax: true } },
  });
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
  const recorded = instrument === 'gauge' ? meter.createGauge('values') : meter.createHistogram('values');
  return {
    record: (value) => recorded.record(value),
    read: async () => {
      const { resourceMetrics } = await reader.collect();
      return resourceMetrics.scopeMetrics[0]!.metrics[0]!.dataPoints[0]!.value as Histogram | ExponentialHistogram;
    },
  };
}
