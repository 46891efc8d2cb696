import { getMetricsCollector, MetricType, type Tags } from '@otel-perf/metrics';

/** Records metrics whose names begin with that of their source, in the collector of the process. */
export class Recorder {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  record(name: string, type: MetricType, value: number, tags?: Tags): void {
    getMetricsCollector().recordMetric(`${this.#source}_${name}`, value, type, this.#source, tags);
  }

  /** Of what failed, the tag `error.type` tells with what. */
  time(name: string, seconds: number, failure?: { readonly error: unknown }): void {
    this.record(name, MetricType.TIME, seconds, failure && { 'error.type': error_type(failure.error) });
  }

  count(name: string, value = 1): void {
    this.record(name, MetricType.COUNTER, value);
  }

  failed(name: string, error: unknown): void {
    this.record(name, MetricType.COUNTER, 1, { 'error.type': error_type(error) });
  }
}

/** Times and counts of one kind of work, in seconds. */
export class Totals {
  count = 0;
  seconds = 0;

  add(seconds: number, count = 1): void {
    this.count += count;
    this.seconds += seconds;
  }

  /** 0 before the first. */
  get average(): number {
    return this.count === 0 ? 0 : this.seconds / this.count;
  }
}

export function seconds_since(started_at: number): number {
  return (performance.now() - started_at) / 1e3;
}

function error_type(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
