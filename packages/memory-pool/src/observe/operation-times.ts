import type { Series } from '@otel-perf/metrics';
import type { Sampling } from './sampling.ts';

/** Where times go; the tag `error.type` tells those of calls that failed. */
export type TimeSeries = (errorType?: string) => Series;

/** Times of operations of one kind. */
export class OperationTimes {
  count = 0;
  seconds = 0;
  readonly #sampling: Sampling;
  readonly #series: Series | undefined;
  readonly #seriesFor: TimeSeries | undefined;

  constructor(sampling: Sampling, seriesFor: TimeSeries | undefined) {
    this.#sampling = sampling;
    this.#series = seriesFor?.();
    this.#seriesFor = seriesFor;
  }

  /** Operations until one is timed again, that one included. Times are readings of `performance.now()`. */
  ended(startedAt: number, endedAt: number): number {
    const seconds = (endedAt - startedAt) / 1e3;
    this.seconds += seconds;
    this.count++;
    this.#series?.record(seconds);
    return this.#sampling.next(endedAt);
  }

  /** As `ended`, for an operation that failed. */
  failed(startedAt: number, errorType: string): number {
    const endedAt = performance.now();
    this.#seriesFor?.(errorType).record((endedAt - startedAt) / 1e3);
    return this.#sampling.next(endedAt);
  }

  get average(): number {
    return this.count === 0 ? 0 : this.seconds / this.count;
  }
}
