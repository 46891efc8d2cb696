import type { CollectionResult, MetricCollectOptions } from '@opentelemetry/sdk-metrics';
import { PerformanceMetricReader, type ReaderStatus } from '@otel-perf/metrics';
import type { Room } from './room.ts';
import type { TelemetryWorker } from './telemetry-worker.ts';

/**
 * The reader of the thread that has started the telemetry worker. Snapshot, report, exports and the exporters that cannot go to another
 * thread are its own; what is served and pushed by the worker counts as its own too, and the two are flushed and end together.
 */
export class OffThreadReader extends PerformanceMetricReader {
  #room: Room | undefined;
  #worker: TelemetryWorker | undefined;
  #serves = false;

  /** Of the memory that it reads, from now on. */
  watch(room: Room): void {
    this.#room = room;
  }

  /** From now on. @param serves whether it was asked for an endpoint. */
  join(worker: TelemetryWorker, serves: boolean): void {
    this.#worker = worker;
    this.#serves = serves;
  }

  /** `undefined` where none was asked for. */
  get endpoint(): TelemetryWorker | undefined {
    return this.#serves ? this.#worker : undefined;
  }

  /** Where the metrics are served; `undefined` without an endpoint, and while none listens. */
  get prometheusUrl(): string | undefined {
    return this.#worker?.url;
  }

  override get status(): ReaderStatus {
    const own = super.status;
    if (this.#worker === undefined) return own;
    const { scrapes, exporters } = this.#worker;
    return { ...own, collections: own.collections + scrapes, exporters: [...own.exporters, ...exporters] };
  }

  override collect(options?: MetricCollectOptions): Promise<CollectionResult> {
    this.#room?.look();
    return super.collect(options);
  }

  protected override async onForceFlush(): Promise<void> {
    await Promise.all([super.onForceFlush(), this.#worker?.flush()]);
  }

  protected override async onShutdown(): Promise<void> {
    // It flushes by itself, and from here on not for the flush of the base class.
    await Promise.all([this.#worker?.close(), super.onShutdown()]);
  }
}
