import { AggregationTemporality, type InstrumentType, type PushMetricExporter, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ExporterStatus } from '@otel-perf/metrics';
import { within } from '../lifecycle/within.ts';
import { messageOf } from '../problems.ts';

type Result = Parameters<Parameters<PushMetricExporter['export']>[1]>[0];

/** Those of `ExportResultCode` of `@opentelemetry/core`. */
const SUCCESS = 0;
const FAILED = 1;

/**
 * An exporter, and what becomes of its exports. Each of its calls is done with after `timeoutMillis`, though it goes on. What it asks for as
 * aggregations is not heeded: a stream is kept in one.
 */
export class ToldExporter implements PushMetricExporter {
  readonly #exporter: PushMetricExporter;
  readonly #timeoutMillis: number;
  readonly #tell: (status: ExporterStatus, error: Error | undefined) => void;
  #succeeded = 0;
  #failed = 0;

  constructor(exporter: PushMetricExporter, timeoutMillis: number, tell: (status: ExporterStatus, error: Error | undefined) => void) {
    this.#exporter = exporter;
    this.#timeoutMillis = timeoutMillis;
    this.#tell = tell;
    tell(this.#status(undefined), undefined);
  }

  export(metrics: ResourceMetrics, resultCallback: (result: Result) => void): void {
    let isSettled = false;
    const settle = (result: Result): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      this.#exported(result);
      resultCallback(result);
    };
    const error = new Error(`${this.#exporter.constructor.name}.export took longer than ${this.#timeoutMillis} ms`);
    const timer = setTimeout(settle, this.#timeoutMillis, { code: FAILED, error });
    this.#exporter.export(metrics, settle);
  }

  async forceFlush(): Promise<void> {
    await within(this.#timeoutMillis, this.#exporter.forceFlush());
  }

  async shutdown(): Promise<void> {
    await within(this.#timeoutMillis, this.#exporter.shutdown());
  }

  selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    return this.#exporter.selectAggregationTemporality?.(type) ?? AggregationTemporality.CUMULATIVE;
  }

  #exported({ code, error }: Result): void {
    const failure = code === SUCCESS ? undefined : (error ?? new Error('the exporter gave no reason'));
    if (failure === undefined) this.#succeeded++;
    else this.#failed++;
    this.#tell(this.#status(failure), failure);
  }

  #status(error: Error | undefined): ExporterStatus {
    const counts = { name: this.#exporter.constructor.name, succeeded: this.#succeeded, failed: this.#failed };
    return error === undefined ? counts : { ...counts, error: messageOf(error) };
  }
}
