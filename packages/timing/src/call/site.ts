import { ErrorTypes, type CentralizedMetricsCollector, type MetricType, type Series, type TagsInput } from '@otel-perf/metrics';
import type { TimingOptions } from '../api.ts';
import type { Source } from './source.ts';

/** One place in the program that is measured: what its metrics are called, and where they go. */
export class Site {
  readonly collector: CentralizedMetricsCollector;
  readonly operation: string;
  readonly tags: TagsInput | undefined;
  readonly #errorTypes: ErrorTypes;
  readonly #source: Source;
  #resolved: string | undefined;
  /** Those with the tags of the site, by what they measure, once the source is known. */
  readonly #kept = new Map<string, Series>();

  constructor(
    collector: CentralizedMetricsCollector,
    operation: string,
    source: Source,
    attributes?: TimingOptions['attributes'],
    errorTypes = new ErrorTypes(),
  ) {
    this.collector = collector;
    this.operation = operation;
    this.#source = source;
    this.#errorTypes = errorTypes;
    this.tags = typeof attributes === 'object' ? { ...attributes } : undefined;
  }

  /** Whether the source is known for good, so that a series may be kept. */
  get isResolved(): boolean {
    return this.#resolved !== undefined;
  }

  source(receiver: unknown): string {
    this.#resolved ??= this.#source.resolve(receiver);
    return this.#resolved ?? this.#source.provisional;
  }

  /** The series of the metric `<operation>_<what>`. */
  series(receiver: unknown, what: string, type: MetricType, tags: TagsInput | undefined): Series {
    const kept = tags === this.tags ? this.#kept.get(what) : undefined;
    if (kept !== undefined) return kept;
    const series = this.collector.series({ name: `${this.operation}_${what}`, type, source: this.source(receiver), tags });
    if (tags === this.tags && this.isResolved) this.#kept.set(what, series);
    return series;
  }

  /** The value of `error.type` for what a call threw. */
  errorType(error: unknown): string {
    return this.#errorTypes.of(error);
  }
}
