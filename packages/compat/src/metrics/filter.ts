import { MetricsFilter as IdiomaticFilter, type MetricType } from '@otel-perf/metrics';
import { to_idiomatic, type Metric } from './metric.ts';

/** Keeps metrics that pass every filter that was added. */
export class MetricsFilter {
  readonly #filter = new IdiomaticFilter();

  add_name_filter(pattern: string): this {
    this.#filter.addNameFilter(pattern);
    return this;
  }

  add_source_filter(pattern: string): this {
    this.#filter.addSourceFilter(pattern);
    return this;
  }

  add_type_filter(type: MetricType | (string & {})): this {
    this.#filter.addTypeFilter(type);
    return this;
  }

  /** Unix seconds or dates, both included. */
  add_time_range_filter(start: number | Date, end: number | Date): this {
    this.#filter.addTimeRangeFilter(start, end);
    return this;
  }

  matches(metric: Metric): boolean {
    return this.#filter.matches(to_idiomatic(metric));
  }

  apply(metrics: Iterable<Metric>): Metric[] {
    return Array.from(metrics).filter((metric) => this.matches(metric));
  }
}
