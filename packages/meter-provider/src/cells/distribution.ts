import { MIN_MAX_EPOCH, type Arena } from '../memory/arena.ts';
import * as words from './distribution-words.ts';

export { COUNT } from './distribution-words.ts';

// What is imported, and what is exported by its name, is no constant to the engine, which looks it up at each use. These are.
const { COUNT, SUM, MIN, MAX, EPOCH, INTERVAL_MIN, INTERVAL_MAX } = words;

/** Readings of a cell, while its thread is at it, for each record that it may then be apart. */
const TRIES = 100;

/**
 * Whether a reader that has read a cell so many times takes what it read: at once if the buckets add up to the count, after `TRIES` readings
 * if they are one record apart, after twice as many with two... So a reader never waits for a thread, which may have been ended, or be kept
 * from its processor, in the middle of a record. Then the buckets' own sum is the count, which never falls, and it is the sum and the
 * extremes that may be so many records behind or ahead.
 */
export function isWhole(buckets: number, count: number, tries: number): boolean {
  return Math.abs(buckets - count) * TRIES <= tries;
}

/** `MIN_MAX_EPOCH` and the word behind it, which is 0, as one word of `Arena.f64`: so it is compared without a conversion. */
const ARENA_EPOCH = MIN_MAX_EPOCH / 2;

/** To be called before anybody sees the cell. */
export function initialiseDistribution({ f64 }: Arena, at: number): void {
  f64[at + MIN] = Infinity;
  f64[at + MAX] = -Infinity;
  f64[at + INTERVAL_MIN] = Infinity;
  f64[at + INTERVAL_MAX] = -Infinity;
}

/** Writes what both kinds of histograms have. */
export abstract class DistributionCell {
  protected readonly f64: Float64Array<SharedArrayBuffer>;
  /** Where the cell begins in `f64`. */
  protected readonly at: number;

  constructor({ f64 }: Arena, at: number) {
    this.f64 = f64;
    this.at = at;
  }

  /**
   * A record whose bucket is the word `bucket` of the cell. The `>>> 0` spare the engine to see to it that sums are integers of 32 bits, and
   * to extend them.
   */
  protected add(bucket: number, value: number): void {
    const { f64, at } = this;
    f64[(at + bucket) >>> 0]!++;
    f64[(at + SUM) >>> 0]! += value;
    if (f64[ARENA_EPOCH]! !== f64[(at + EPOCH) >>> 0]!) beginInterval(f64, at);
    if (value < f64[(at + INTERVAL_MIN) >>> 0]!) {
      if (value < f64[(at + MIN) >>> 0]!) f64[(at + MIN) >>> 0] = value;
      f64[(at + INTERVAL_MIN) >>> 0] = value;
    }
    if (value > f64[(at + INTERVAL_MAX) >>> 0]!) {
      if (value > f64[(at + MAX) >>> 0]!) f64[(at + MAX) >>> 0] = value;
      f64[(at + INTERVAL_MAX) >>> 0] = value;
    }
    f64[(at + COUNT) >>> 0]!++;
  }

  /** Where a thread was ended in the middle of a record, its bucket has one more than the count. To be called by who goes on with the cell. */
  protected mend(count: number): void {
    this.f64[this.at + COUNT] = count;
  }
}

function beginInterval(f64: Float64Array, at: number): void {
  f64[at + INTERVAL_MIN] = Infinity;
  f64[at + INTERVAL_MAX] = -Infinity;
  f64[at + EPOCH] = f64[ARENA_EPOCH]!;
}

/**
 * The least and the greatest value of the interval `epoch`, or `undefined` where no thread has one, or has begun another interval
 * meanwhile. Told apart from those of the whole time, since a reader of deltas wants them. For cells of both kinds of histograms.
 */
export function readInterval(
  { f64, i32 }: Arena,
  cells: readonly number[],
  epoch: number,
): { readonly min: number; readonly max: number } | undefined {
  let [min, max] = [Infinity, -Infinity];
  for (const at of cells) {
    if (i32[2 * (at + EPOCH)] !== epoch) continue;
    min = Math.min(min, f64[at + INTERVAL_MIN]!);
    max = Math.max(max, f64[at + INTERVAL_MAX]!);
  }
  return min <= max ? { min, max } : undefined;
}
