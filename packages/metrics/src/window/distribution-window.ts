import type { Bucket, Distribution } from '../model/metric.ts';
import { percentileOfBuckets } from '../model/buckets.ts';
import type { WindowStats } from './statistics.ts';

interface Slice {
  readonly startAt: number;
  count: number;
  /** `NaN` once a histogram that keeps no sum was added. */
  sum: number;
  readonly buckets: Map<string, Bucket>;
}

const SLICES = 30;

/**
 * A rolling window over distributions, for histograms of which only buckets are known: a ring of slices, each as long as a thirtieth of
 * the window's age. Count, total and average are exact, but where a histogram keeps no sum the total is `NaN` and the average absent.
 * Percentiles lie in the bucket of the true value; the rest is not known.
 */
export class DistributionWindow {
  readonly #maxAgeMillis: number;
  #slices: Slice[] = [];
  #seen = 0;

  constructor(maxAgeMillis: number) {
    this.#maxAgeMillis = maxAgeMillis;
  }

  /** Adds what was counted since the last call. */
  add({ count, sum = count === 0 ? 0 : NaN, buckets }: Distribution, at: number): void {
    this.#expire(at);
    this.#seen += count;
    let slice = this.#slices.at(-1);
    if (slice === undefined || at - slice.startAt >= this.#maxAgeMillis / SLICES) {
      slice = { startAt: at, count: 0, sum: 0, buckets: new Map() };
      this.#slices.push(slice);
    }
    slice.count += count;
    slice.sum += sum;
    for (const bucket of buckets) if (bucket.count > 0) addBucket(slice.buckets, bucket);
  }

  stats(now: number, percentiles: readonly number[]): WindowStats {
    this.#expire(now);
    const merged = new Map<string, Bucket>();
    for (const { buckets } of this.#slices) for (const bucket of buckets.values()) addBucket(merged, bucket);
    const rising = [...merged.values()].sort((a, b) => a.upper - b.upper || a.lower - b.lower);
    const count = this.#slices.reduce((total, slice) => total + slice.count, 0);
    const total = this.#slices.reduce((sum, slice) => sum + slice.sum, 0);
    if (count === 0) return { count, seen: this.#seen, total: 0, percentiles: {} };
    return {
      count,
      seen: this.#seen,
      total,
      ...(Number.isNaN(total) ? {} : { average: total / count }),
      percentiles: Object.fromEntries(percentiles.map((p) => [`p${p}`, percentileOfBuckets(rising, p)!])),
    };
  }

  #expire(now: number): void {
    const oldest = now - this.#maxAgeMillis;
    const first = this.#slices.findIndex(({ startAt }) => startAt >= oldest);
    this.#slices = first === -1 ? [] : this.#slices.slice(first);
  }
}

function addBucket(buckets: Map<string, Bucket>, { lower, upper, count }: Bucket): void {
  const key = `${lower}:${upper}`;
  buckets.set(key, { lower, upper, count: count + (buckets.get(key)?.count ?? 0) });
}
