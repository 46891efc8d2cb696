import type { Series } from '@otel-perf/metrics';

/** Times one in every so many operations of a kind, the first always. */
export class OperationTimes {
  /** Operations until one is timed, that one included. */
  next = 1;
  count = 0;
  seconds = 0;
  readonly #every: number;
  readonly #series: Series;
  readonly #failed: (errorType: string) => Series;

  constructor(every: number, series: Series, failed: (errorType: string) => Series) {
    this.#every = every;
    this.#series = series;
    this.#failed = failed;
  }

  /** To be called with a reading of `performance.now()` before each timed operation. */
  start(): number {
    this.next = this.#every;
    return performance.now();
  }

  /** `true` for the first that is timed. */
  ended(startedAt: number, endedAt: number): boolean {
    const seconds = (endedAt - startedAt) / 1e3;
    this.seconds += seconds;
    this.#series.record(seconds);
    return ++this.count === 1;
  }

  failed(startedAt: number, errorType: string): void {
    this.#failed(errorType).record((performance.now() - startedAt) / 1e3);
  }

  get average(): number {
    return this.count === 0 ? 0 : this.seconds / this.count;
  }
}
