import {
  createMetricsHandler,
  PerformanceMetricReader,
  PrometheusTextSerializer,
  type PerformanceMetricReaderOptions,
} from '@otel-perf/metrics';
import type { Problems } from '../problems.ts';
import type { EndpointSettings } from './endpoint-options.ts';
import { PrometheusEndpoint, type Metrics } from './endpoint.ts';
import { readerText } from './reader-text.ts';

/** A reader with a Prometheus endpoint that lives as long as it does. */
export class ServedReader extends PerformanceMetricReader {
  /** `undefined` where none was asked for. */
  readonly endpoint: PrometheusEndpoint | undefined;
  #onceShutDown: (() => void) | undefined;

  /** @throws TypeError or RangeError for an option that is not of its kind. */
  constructor(options: PerformanceMetricReaderOptions, endpoint: EndpointSettings | undefined, problems: Problems) {
    super(options);
    this.endpoint = endpoint && new PrometheusEndpoint(this.#served(endpoint), endpoint, problems);
  }

  /** Where the metrics are served; `undefined` without an endpoint, and until it listens. */
  get prometheusUrl(): string | undefined {
    return this.endpoint?.url;
  }

  onceShutDown(run: () => void): void {
    this.#onceShutDown = run;
  }

  #served({ text }: EndpointSettings): Metrics {
    const serializer = new PrometheusTextSerializer(text);
    return { handler: createMetricsHandler(this, text), text: () => readerText(this, serializer) };
  }

  protected override async onShutdown(): Promise<void> {
    this.#onceShutDown?.();
    await Promise.all([this.endpoint?.close(), super.onShutdown()]);
  }
}
