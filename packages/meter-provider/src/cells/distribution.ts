import * as arena from '../memory/arena.ts';
import type { Arena } from '../memory/arena.ts';
import * as words from './distribution-words.ts';

export { COUNT } from './distribution-words.ts';

// What is imported, and what is exported by its name, is no constant to the engine, which looks it up at each use. These are.
const { COUNT, SUM, MIN, MAX, EPOCH, INTERVAL_MIN, INTERVAL_MAX } = words;
const { MIN_MAX_EPOCH } = arena;

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

/** `MIN_MAX_EPOCH` and the word behind it, which is 0, as one word of `Arena.f64`. */
const ARENA_EPOCH = MIN_MAX_EPOCH / 2;

/** To be called before anybody sees the cell. */
export function initialiseDistribution({ f64 }: Arena, at: number): void {
  f64[at + MIN] = Infinity;
  f64[at + MAX] = -Infinity;
  f64[at + INTERVAL_MIN] = Infinity;
  f64[at + INTERVAL_MAX] = -Infinity;
}

const NO_WORDS = new Float64Array(new SharedArrayBuffer(0));
const NO_I32 = new Int32Array(new SharedArrayBuffer(0));

/** Writes what both kinds of histograms have. */
export abstract class DistributionCell {
  /** Those of the cell alone, so that their indexes are constants. */
  protected readonly words: Float64Array<SharedArrayBuffer> = NO_WORDS;
  readonly #arena: Float64Array<SharedArrayBuffer> = NO_WORDS;
  readonly #i32: Int32Array<SharedArrayBuffer> = NO_I32;
  /** What `MIN_MAX_EPOCH` was in the interval that the cell is in. */
  #epoch = 0;

  constructor({ f64, i32 }: Arena, at: number, length: number) {
    this.words = f64.subarray(at, at + length);
    this.#arena = f64;
    this.#i32 = i32;
    this.#epoch = i32[2 * (at + EPOCH)]!;
  }

  /** A record whose bucket is the word `bucket` of the cell. */
  protected add(bucket: number, value: number): void {
    const { words } = this;
    words[bucket]!++;
    words[SUM]! += value;
    if (this.#i32[MIN_MAX_EPOCH]! !== this.#epoch) this.#beginInterval();
    if (value < words[INTERVAL_MIN]!) {
      if (value < words[MIN]!) words[MIN] = value;
      words[INTERVAL_MIN] = value;
    }
    if (value > words[INTERVAL_MAX]!) {
      if (value > words[MAX]!) words[MAX] = value;
      words[INTERVAL_MAX] = value;
    }
    words[COUNT]!++;
  }

  /** Where a thread was ended in the middle of a record, its bucket has one more than the count. To be called by who goes on with the cell. */
  protected mend(count: number): void {
    this.words[COUNT] = count;
  }

  #beginInterval(): void {
    const { words } = this;
    // Before the word that is kept: if there is another one by then, the next record looks again.
    this.#epoch = this.#i32[MIN_MAX_EPOCH]!;
    const epoch = this.#arena[ARENA_EPOCH]!;
    if (words[EPOCH] === epoch) return;
    words[INTERVAL_MIN] = Infinity;
    words[INTERVAL_MAX] = -Infinity;
    words[EPOCH] = epoch;
  }
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
