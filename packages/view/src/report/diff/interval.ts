import type { Bucket } from '@otel-perf/metrics';
import type { SeriesPicture } from '../../model/picture.ts';
import { quantileRanks } from './quantile-ranks.ts';

/** Where a quantile lies with 99 % confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Samples that say something of a series' quantiles; `undefined` where it has none. */
export function samplesOf(series: SeriesPicture): Samples | undefined {
  if (series.events !== undefined) return new Events(series.events.values);
  const { distribution } = series;
  if (distribution === undefined || distribution.buckets.length < 2) return undefined;
  return new Buckets(distribution.buckets, distribution.min ?? -Infinity, distribution.max ?? Infinity);
}

export abstract class Samples {
  abstract readonly count: number;

  /** `undefined` where there are too few samples. */
  interval(share: number): Interval | undefined {
    const ranks = quantileRanks(this.count, share);
    return ranks && { low: this.least(ranks.low), high: this.greatest(ranks.high) };
  }

  /** What the sample of that rank, from 1, is at least. */
  protected abstract least(rank: number): number;
  protected abstract greatest(rank: number): number;
}

class Events extends Samples {
  readonly count: number;
  readonly #rising: Float64Array;

  constructor(values: Float64Array) {
    super();
    this.count = values.length;
    this.#rising = values.toSorted();
  }

  protected override least(rank: number): number {
    return this.#rising[rank - 1]!;
  }

  protected override greatest(rank: number): number {
    return this.#rising[rank - 1]!;
  }
}

/** A sample lies anywhere in its bucket. */
class Buckets extends Samples {
  readonly count: number;
  readonly #buckets: readonly Bucket[];
  readonly #minimum: number;
  readonly #maximum: number;

  constructor(buckets: readonly Bucket[], minimum: number, maximum: number) {
    super();
    this.#buckets = buckets.filter(({ count }) => count > 0);
    this.count = this.#buckets.reduce((sum, { count }) => sum + count, 0);
    this.#minimum = minimum;
    this.#maximum = maximum;
  }

  protected override least(rank: number): number {
    return Math.max(this.#minimum, this.#of(rank).lower);
  }

  protected override greatest(rank: number): number {
    return Math.min(this.#maximum, this.#of(rank).upper);
  }

  #of(rank: number): Bucket {
    let upTo = 0;
    for (const bucket of this.#buckets) {
      upTo += bucket.count;
      if (upTo >= rank) return bucket;
    }
    return this.#buckets.at(-1)!;
  }
}
