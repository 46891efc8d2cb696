import type { Series } from '@otel-perf/metrics';

/** Where times go; the tag `error.type` tells those of calls that failed. */
export type TimeSeries = (errorType?: string) => Series;

/** So rarely that it is never, in a number that V8 counts down as fast as it can. */
const NEVER = 2 ** 30;

/** Times one in every so many operations of a kind, the first always; none without a series. */
export class OperationTimes {
  /** Operations until one is timed, that one included. */
  next: number;
  count = 0;
  seconds = 0;
  readonly #every: number;
  readonly #series: Series | undefined;
  readonly #seriesFor: TimeSeries | undefined;

  constructor(every: number, seriesFor: TimeSeries | undefined) {
    this.#every = seriesFor === undefined ? NEVER : every;
    this.next = seriesFor === undefined ? NEVER : 1;
    this.#series = seriesFor?.();
    this.#seriesFor = seriesFor;
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
    this.#series?.record(seconds);
    return ++this.count === 1;
  }

  failed(startedAt: number, errorType: string): void {
    this.#seriesFor?.(errorType).record((performance.now() - startedAt) / 1e3);
  }

  get average(): number {
    return this.count === 0 ? 0 : this.seconds / this.count;
  }
}
