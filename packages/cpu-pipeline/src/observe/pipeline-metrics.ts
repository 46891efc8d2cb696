import {
  ErrorTypes,
  MetricType,
  type CentralizedMetricsCollector,
  type ObservedSeries,
  type ReadValue,
  type Series,
  type Tags,
} from '@otel-perf/metrics';
import { ItemSampler } from './item-sampler.ts';

const SOURCE = 'cpu_pipeline';

/** What a collection reads of a stage. */
export interface StageState {
  readonly name: string;
  /** Items in front of it. */
  readonly waiting: number;
  readonly concurrency: number;
  /** `undefined` of one that takes single items. */
  readonly batchSize: number | undefined;
}

/** Items that have left. */
export interface ItemCounts {
  readonly finished: number;
  readonly failed: number;
  readonly cancelled: number;
}

/**
 * The metrics of one pipeline, as docs/metric-names.md has them. Counts and settings are read when somebody collects; times are those of
 * the items that the sampler chooses.
 */
export class PipelineMetrics {
  readonly #collector: CentralizedMetricsCollector;
  readonly #tags: Tags;
  readonly #sampler: ItemSampler;
  readonly #time: TimeMetric;
  readonly #observed: ObservedSeries[] = [];

  constructor(collector: CentralizedMetricsCollector, pipeline: string, timedPerSecond: number) {
    this.#collector = collector;
    this.#tags = { 'pipeline.name': pipeline };
    this.#sampler = new ItemSampler(timedPerSecond);
    this.#time = new TimeMetric(collector, 'cpu_pipeline_time', this.#tags);
  }

  /** Has these read whenever somebody collects, until `stop`. */
  observe(counts: ItemCounts, stages: readonly StageState[]): void {
    this.#observe('cpu_pipeline_items', MetricType.COUNTER, () => counts.finished + counts.failed);
    this.#observe('cpu_pipeline_cancelled_items', MetricType.COUNTER, () => counts.cancelled);
    for (const stage of stages) {
      const tags = { stage: stage.name };
      this.#observe('cpu_pipeline_queue_depth', MetricType.CUSTOM, () => stage.waiting, tags);
      this.#observe('cpu_pipeline_workers', MetricType.CUSTOM, () => stage.concurrency, tags);
      if (stage.batchSize !== undefined) this.#observe('cpu_pipeline_batch_size', MetricType.CUSTOM, () => stage.batchSize, tags);
    }
  }

  ofStage(stage: string): StageMetrics {
    const tags = { ...this.#tags, stage };
    return new StageMetrics(this.#collector, tags, (errorType, read) =>
      this.#observe('cpu_pipeline_failed_items', MetricType.COUNTER, read, { stage, 'error.type': errorType }),
    );
  }

  /** Whether the times of an item that comes in now are wanted. */
  times(now: number): boolean {
    return this.#collector.enabled && this.#sampler.chooses(now);
  }

  /** A timed item left after so many milliseconds, finished or failed. */
  left(millis: number, now: number, failure?: { readonly error: unknown }): void {
    this.#time.record(millis, now, failure);
  }

  /** So many outcomes of a run went to its consumer. */
  ran(items: number, millis: number): void {
    if (items === 0 || millis <= 0) return;
    this.#collector
      .series({ name: 'cpu_pipeline_throughput', type: MetricType.THROUGHPUT, source: SOURCE, tags: this.#tags })
      .record((items * 1e3) / millis);
  }

  stop(): void {
    for (const observed of this.#observed) observed.stop();
  }

  #observe(name: string, type: MetricType, read: ReadValue, tags?: Tags): void {
    this.#observed.push(this.#collector.observe({ name, type, source: SOURCE, tags: { ...this.#tags, ...tags } }, read));
  }
}

export class StageMetrics {
  readonly #time: TimeMetric;
  readonly #wait: Series;
  readonly #errorTypes = new ErrorTypes();
  readonly #failed = new Map<string, { count: number }>();
  readonly #observe: (errorType: string, read: ReadValue) => void;

  constructor(collector: CentralizedMetricsCollector, tags: Tags, observe: (errorType: string, read: ReadValue) => void) {
    this.#time = new TimeMetric(collector, 'cpu_pipeline_stage_time', tags);
    this.#wait = collector.series({ name: 'cpu_pipeline_wait_time', type: MetricType.TIME, source: SOURCE, tags });
    this.#observe = observe;
  }

  waited(millis: number, now: number): void {
    this.#wait.record(millis / 1e3, now);
  }

  /** A call, of an item or of a batch. */
  worked(millis: number, now: number, failure?: { readonly error: unknown }): void {
    this.#time.record(millis, now, failure);
  }

  /** An item failed here. */
  failed(error: unknown): void {
    const type = this.#errorTypes.of(error);
    let failed = this.#failed.get(type);
    if (failed === undefined) {
      const counted = { count: 0 };
      this.#failed.set(type, counted);
      this.#observe(type, () => counted.count);
      failed = counted;
    }
    failed.count++;
  }
}

/** A time with the tag `error.type` where what took it failed. */
class TimeMetric {
  readonly #collector: CentralizedMetricsCollector;
  readonly #name: string;
  readonly #tags: Tags;
  readonly #series: Series;
  readonly #errorTypes = new ErrorTypes();

  constructor(collector: CentralizedMetricsCollector, name: string, tags: Tags) {
    this.#collector = collector;
    this.#name = name;
    this.#tags = tags;
    this.#series = this.#with(tags);
  }

  record(millis: number, now: number, failure: { readonly error: unknown } | undefined): void {
    const series = failure === undefined ? this.#series : this.#with({ ...this.#tags, 'error.type': this.#errorTypes.of(failure.error) });
    series.record(millis / 1e3, now);
  }

  #with(tags: Tags): Series {
    return this.#collector.series({ name: this.#name, type: MetricType.TIME, source: SOURCE, tags });
  }
}
