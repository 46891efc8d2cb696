import { MIN_MAX_EPOCH, type Arena } from '../memory/arena.ts';
import type { BucketIndex } from './bucket-index.ts';

// Words of a cell. The writer writes the bucket first and the count last; a reader reads in the opposite order. So whoever finds that the
// buckets add up to the count has seen whole records only.
const COUNT = 0;
const SUM = 1;
const MIN = 2;
const MAX = 3;
/** Since the delta reader came by last: in which of its intervals, and the least and the greatest value in it. */
const EPOCH = 4;
const INTERVAL_MIN = 5;
const INTERVAL_MAX = 6;
const BUCKETS = 7;

/** Tries to see whole records while its thread is at it. Beyond them the sum may be ahead of the buckets by records in flight. */
const TRIES = 200;

export function histogramWords(boundaries: number): number {
  return BUCKETS + boundaries + 1;
}

/** To be called before anybody sees the cell. */
export function initialiseHistogram({ f64 }: Arena, at: number): void {
  f64[at + MIN] = Infinity;
  f64[at + MAX] = -Infinity;
}

/** A histogram with explicit boundaries, which one thread writes. */
export class HistogramCell {
  readonly #f64: Float64Array<SharedArrayBuffer>;
  readonly #i32: Int32Array<SharedArrayBuffer>;
  readonly #at: number;
  readonly #index: BucketIndex;

  constructor({ f64, i32 }: Arena, at: number, index: BucketIndex) {
    this.#f64 = f64;
    this.#i32 = i32;
    this.#at = at;
    this.#index = index;
  }

  /** `value` is no NaN. */
  record(value: number): void {
    const f64 = this.#f64;
    const at = this.#at;
    f64[at + BUCKETS + this.#index.find(value)]!++;
    f64[at + SUM]! += value;
    if (value < f64[at + MIN]!) f64[at + MIN] = value;
    if (value > f64[at + MAX]!) f64[at + MAX] = value;
    const epoch = this.#i32[MIN_MAX_EPOCH]!;
    if (epoch !== 0) recordInterval(f64, at, value, epoch);
    f64[at + COUNT]!++;
  }
}

function recordInterval(f64: Float64Array, at: number, value: number, epoch: number): void {
  if (f64[at + EPOCH] !== epoch) {
    f64[at + INTERVAL_MIN] = value;
    f64[at + INTERVAL_MAX] = value;
    f64[at + EPOCH] = epoch;
    return;
  }
  if (value < f64[at + INTERVAL_MIN]!) f64[at + INTERVAL_MIN] = value;
  if (value > f64[at + INTERVAL_MAX]!) f64[at + INTERVAL_MAX] = value;
}

/** Of all threads together. `min` is above `max` where there are no values. */
export interface HistogramReading {
  count: number;
  sum: number;
  min: number;
  max: number;
  /** One more than boundaries. They add up to `count`. */
  readonly buckets: Float64Array<ArrayBuffer>;
}

const scratch = { buckets: new Float64Array(0) };

/** Adds what a cell holds to `into`, which has as many buckets. */
export function addHistogram({ f64 }: Arena, at: number, into: HistogramReading): void {
  const { length } = into.buckets;
  if (scratch.buckets.length < length) scratch.buckets = new Float64Array(length);
  const { buckets } = scratch;
  let count: number;
  let sum: number;
  let min: number;
  let max: number;
  let tries = 0;
  let expected: number;
  do {
    expected = f64[at + COUNT]!;
    sum = f64[at + SUM]!;
    min = f64[at + MIN]!;
    max = f64[at + MAX]!;
    count = 0;
    for (let i = 0; i < length; i++) count += buckets[i] = f64[at + BUCKETS + i]!;
  } while (count !== expected && ++tries < TRIES);
  for (let i = 0; i < length; i++) into.buckets[i]! += buckets[i]!;
  into.count += count;
  into.sum += sum;
  if (min < into.min) into.min = min;
  if (max > into.max) into.max = max;
}

/**
 * The least and the greatest value of the interval `epoch`, or `undefined` where no thread has one, or has begun another interval
 * meanwhile. Told apart from those of the whole time, since a reader of deltas wants them.
 */
export function readInterval(
  { f64 }: Arena,
  cells: readonly number[],
  epoch: number,
): { readonly min: number; readonly max: number } | undefined {
  let [min, max] = [Infinity, -Infinity];
  for (const at of cells) {
    if (f64[at + EPOCH] !== epoch) continue;
    min = Math.min(min, f64[at + INTERVAL_MIN]!);
    max = Math.max(max, f64[at + INTERVAL_MAX]!);
  }
  return min <= max ? { min, max } : undefined;
}

export function emptyHistogram(buckets: number): HistogramReading {
  return { count: 0, sum: 0, min: Infinity, max: -Infinity, buckets: new Float64Array(buckets) };
}
