import { context, createContextKey, diag } from '@opentelemetry/api';
import { AggregationTemporality, type InstrumentType, type PushMetricExporter, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { DeltaView } from './delta-view.ts';
import { withTimeout } from './timeout.ts';

/** `ExportResultCode.SUCCESS` of `@opentelemetry/core`. */
const SUCCESS = 0;

/** The key of `suppressTracing` in `@opentelemetry/core`: what exporters send is not to make spans, which would be sent in turn. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** What became of the exports of one exporter so far. */
export interface ExporterStatus {
  /** Its class. */
  readonly name: string;
  readonly succeeded: number;
  readonly failed: number;
  /** Of the newest export, where that failed. */
  readonly error?: string;
}

/** One exporter behind the reader: what fails or hangs in it stays with it. */
export class ExportLane {
  readonly name: string;
  readonly #exporter: PushMetricExporter;
  readonly #timeoutMillis: number;
  readonly #onError: (exporter: string, error: unknown) => void;
  readonly #delta: DeltaView | undefined;
  #running: Promise<void> | undefined;
  /** Number of the newest collection that the exporter was given. */
  #newest = 0;
  #succeeded = 0;
  #failed = 0;
  #error: string | undefined;

  constructor(exporter: PushMetricExporter, timeoutMillis: number, onError: (exporter: string, error: unknown) => void) {
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

  get status(): ExporterStatus {
    const counts = { name: this.name, succeeded: this.#succeeded, failed: this.#failed };
    return this.#error === undefined ? counts : { ...counts, error: this.#error };
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
    }).then((error) => this.#exported(error));
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

  #exported(error: string | undefined): void {
    if (error === undefined) this.#succeeded++;
    else this.#failed++;
    this.#error = error;
  }

  async flush(): Promise<void> {
    await this.#guard('forceFlush', () => this.#exporter.forceFlush());
  }

  async shutdown(): Promise<void> {
    await this.#guard('shutdown', () => this.#exporter.shutdown());
  }

  /** What went wrong, if anything did. */
  async #guard(what: string, run: () => Promise<void>): Promise<string | undefined> {
    try {
      const untraced = context.active().setValue(SUPPRESS_TRACING, true);
      await withTimeout(context.with(untraced, run), this.#timeoutMillis, `${this.name}.${what}`);
      return undefined;
    } catch (error) {
      const message = messageOf(error);
      diag.error(`otel-perf: ${this.name}.${what} failed: ${message}`);
      this.#onError(this.name, error);
      return message;
    }
  }
}

/** Of an AggregateError, such as a refused connection by two addresses, the message is empty. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
