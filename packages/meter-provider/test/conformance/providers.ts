import type { MeterProvider as ApiMeterProvider } from '@opentelemetry/api';
import { emptyResource, type Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  MeterProvider as SdkMeterProvider,
  MetricReader,
  type CollectionResult,
  type IMetricReader,
  type MetricReaderOptions,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics';
import { MeterProvider } from '../../src/record/meter-provider.ts';

export interface Provider extends ApiMeterProvider {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface ProviderOptions {
  readonly readers: IMetricReader[];
  readonly views?: ViewOptions[];
  readonly resource?: Resource;
}

export type CreateProvider = (options: ProviderOptions) => Provider;

export const createSdk: CreateProvider = (options) => new SdkMeterProvider({ resource: emptyResource(), ...options });
/** The arena is large enough for any test, and small since there are many. */
export const createOurs: CreateProvider = (options) => new MeterProvider({ resource: emptyResource(), reserveBytes: 2 ** 22, ...options });

export const PROVIDERS: [name: string, create: CreateProvider][] = [
  ['the SDK', createSdk],
  ['otel-perf', createOurs],
];

/** Collects when it is asked to. */
export class TestReader extends MetricReader {
  /** @throws whatever went wrong in the collection, the first of it */
  async read(): Promise<CollectionResult> {
    const result = await this.collect();
    if (result.errors.length > 0) throw result.errors[0];
    return result;
  }

  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

export function cumulative(options?: MetricReaderOptions): TestReader {
  return new TestReader({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE, ...options });
}

export function delta(options?: MetricReaderOptions): TestReader {
  return new TestReader({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA, ...options });
}
