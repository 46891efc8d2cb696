import { context, createContextKey, diag } from '@opentelemetry/api';
import { AggregationTemporality, type InstrumentType, type PushMetricExporter, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { DeltaView } from './delta-view.ts';
import { withTimeout } from './timeout.ts';

/** `ExportResultCode.SUCCESS` of `@opentelemetry/core`. */
const SUCCESS = 0;

/** The key of `suppressTracing` in `@opentelemetry/core`: what exporters send is not to make spans, which would be sent in turn. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** One exporter behind the reader: what fails or hangs in it stays with it. */
export class ExportLane {
  readonly name: string;
  readonly #exporter: PushMetricExporter;
  readonly #timeoutMillis: number;
  readonly #onError: (exporter: string) => void;
  readonly #delta: DeltaView | undefined;
  #running: Promise<void> | undefined;
  /** Number of the newest collection that the exporter was given. */
  #newest = 0;

  constructor(exporter: PushMetricExporter, timeoutMillis: number, onError: (exporter: string) => void) {
    this.name = exporter.constructor.name;
    this.#exporter = exporter;
    this.#timeoutMillis = timeoutMillis;
    this.#onError = onError;
    if (exporter.selectAggregationTemporality !== undefined) {
      this.#delta = new DeltaView(
        (type: InstrumentType) => exporter.selectAggregationTemporality?.(type) ?? AggregationTemporality.CUMULATIVE,
      );
    }
  }

  /**
   * Exports the collection; never rejects. While the export before is still under way this one is left out, which loses nothing: the next
   * collection holds all of it. So is one that is older than what the exporter was given; `number` rises with every collection.
   */
  async export(resourceMetrics: ResourceMetrics, number: number): Promise<void> {
    if (this.#running !== undefined || number < this.#newest) return;
    this.#newest = number;
    let commit: (() => void) | undefined;
    this.#running = this.#guard('export', async () => {
      const view = this.#delta?.of(resourceMetrics);
      await this.#push(view?.data ?? resourceMetrics);
      commit = view?.commit;
    });
    await this.#running;
    this.#running = undefined;
    // An answer that comes after the time-out comes too late to move the baseline.
    commit?.();
  }

  /** As `export`, but waits for an export under way. */
  async exportWhenFree(resourceMetrics: ResourceMetrics, number: number): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    await this.export(resourceMetrics, number);
  }

  #push(data: ResourceMetrics): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#exporter.export(data, ({ code, error }) => {
        if (code === SUCCESS) resolve();
        else reject(error ?? new Error('the exporter gave no reason'));
      });
    });
  }

  flush(): Promise<void> {
    return this.#guard('forceFlush', () => this.#exporter.forceFlush());
  }

  shutdown(): Promise<void> {
    return this.#guard('shutdown', () => this.#exporter.shutdown());
  }

  async #guard(what: string, run: () => Promise<void>): Promise<void> {
    try {
      const untraced = context.active().setValue(SUPPRESS_TRACING, true);
      await withTimeout(context.with(untraced, run), this.#timeoutMillis, `${this.name}.${what}`);
    } catch (error) {
      this.#onError(this.name);
      diag.error(`otel-perf: ${this.name}.${what} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
