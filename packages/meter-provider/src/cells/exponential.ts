import type { Arena } from '../memory/arena.ts';
import { DistributionCell, initialiseDistribution, isWhole } from './distribution.ts';
import { COUNT, DISTRIBUTION_WORDS, MAX, MIN, SUM } from './distribution-words.ts';
import { foldsNeeded, mapToIndex, MAX_SCALE } from './exponential-mapping.ts';
import type { RecordingCell } from './recording-cell.ts';
import { emptyExponential, type ExponentialReading, mergeExponential, trimmed } from './exponential-reading.ts';

// Words of a cell, behind those that all histograms have. The buckets lie in one of two banks. What cannot be done in one write, to fold
// buckets together or to move them, is done in the other bank, which `VERSION` then makes the valid one. So readers, and whoever goes on
// with the cell of a thread that was ended in the middle of it, never see anything half done. `VERSION` is an `i32`, written by
// `Atomics.store`; its lowest bit tells the bank. It rises a few dozen times in the life of a cell: whenever it does, the scale falls, or the
// room that is left in the bank is halved.
const ZEROS = DISTRIBUTION_WORDS;
const VERSION = ZEROS + 1;
const BANKS = VERSION + 1;

// Words of a bank. They stay while it is valid, except for the buckets.
const SCALE = 0;
/** The index of the first bucket of the positive and of the negative values. */
const POSITIVE_BASE = 1;
const NEGATIVE_BASE = 2;
const POSITIVE = 3;

/** The SDK's too. */
const LEAST_SIZE = 2;

function sizeOf(maxSize: number): number {
  return Math.max(LEAST_SIZE, maxSize);
}

function bankWords(size: number): number {
  return POSITIVE + 2 * size;
}

export function exponentialWords(maxSize: number): number {
  return BANKS + 2 * bankWords(sizeOf(maxSize));
}

/** To be called before anybody sees the cell. */
export function initialiseExponential(arena: Arena, at: number): void {
  initialiseDistribution(arena, at);
  arena.f64[at + BANKS + SCALE] = MAX_SCALE;
}

/** Where the valid bank begins. */
function bankAt(i32: Int32Array, at: number, size: number): number {
  return at + BANKS + (Atomics.load(i32, 2 * (at + VERSION)) & 1) * bankWords(size);
}

/**
 * A histogram whose buckets grow exponentially, which one thread writes. `maxSize` buckets for the positive and as many for the negative
 * values, whose scale falls, as the OpenTelemetry specification wants it, only as far as it must. The same buckets as the JavaScript SDK's.
 */
export class ExponentialHistogramCell extends DistributionCell implements RecordingCell {
  readonly #f64: Float64Array<SharedArrayBuffer>;
  readonly #at: number;
  readonly #i32: Int32Array<SharedArrayBuffer>;
  readonly #size: number;
  #most = Number.MAX_VALUE;

  /** Goes on from what the cell holds. */
  constructor(arena: Arena, at: number, maxSize: number) {
    super(arena, at, exponentialWords(maxSize));
    this.#f64 = arena.f64;
    this.#i32 = arena.i32;
    this.#at = at;
    this.#size = sizeOf(maxSize);
    const buckets = bankAt(arena.i32, at, this.#size) + POSITIVE;
    let count = this.#f64[at + ZEROS]!;
    for (let i = 0; i < 2 * this.#size; i++) count += this.#f64[buckets + i]!;
    this.mend(count);
  }

  /** Infinite values are left out, as in the SDK. `value` is no NaN. */
  record(value: number): void {
    if (Number.isFinite(value)) this.add(value === 0 ? ZEROS : this.#bucket(value), value);
  }

  tryRecord(value: number): boolean {
    if (!(value >= 0 && value <= this.#most)) return false;
    this.add(value === 0 ? ZEROS : this.#bucket(value), value);
    return true;
  }

  retire(): void {
    this.#most = NaN;
  }

  /** Which word of the cell is the bucket of a value. There is one when this returns. */
  #bucket(value: number): number {
    const f64 = this.#f64;
    const at = this.#at;
    const size = this.#size;
    const isNegative = value < 0;
    for (;;) {
      const bank = bankAt(this.#i32, at, size);
      const index = mapToIndex(Math.abs(value), f64[bank + SCALE]!);
      const place = index - f64[bank + (isNegative ? NEGATIVE_BASE : POSITIVE_BASE)]!;
      if (place >= 0 && place < size) return bank - at + POSITIVE + (isNegative ? size : 0) + place;
      this.#makeRoom(bank, index, isNegative);
    }
  }

  /** For the bucket of an index that the bank has none for. */
  #makeRoom(bank: number, index: number, isNegative: boolean): void {
    const f64 = this.#f64;
    const at = this.#at;
    const size = this.#size;
    const scale = f64[bank + SCALE]!;
    const ranges = [false, true].map((negative) => {
      const base = f64[bank + (negative ? NEGATIVE_BASE : POSITIVE_BASE)]!;
      const from = bank + POSITIVE + (negative ? size : 0);
      const { offset, bucketCounts } = trimmed(base, Array.from(f64.subarray(from, from + size)));
      return { offset, bucketCounts, wanted: negative === isNegative ? index : undefined };
    });
    const spans = ranges.map(({ offset, bucketCounts, wanted }) => {
      const taken = bucketCounts.length > 0 ? [offset, offset + bucketCounts.length - 1] : [];
      const all = wanted === undefined ? taken : [...taken, wanted];
      return all.length === 0 ? { low: 0, high: 0 } : { low: Math.min(...all), high: Math.max(...all) };
    });
    const folds = Math.max(...spans.map(({ low, high }) => foldsNeeded(low, high, size)));
    const version = Atomics.load(this.#i32, 2 * (at + VERSION)) + 1;
    const to = at + BANKS + (version & 1) * bankWords(size);
    f64.fill(0, to, to + bankWords(size));
    f64[to + SCALE] = scale - folds;
    for (const [i, { offset, bucketCounts }] of ranges.entries()) {
      const [low, high] = [spans[i]!.low >> folds, spans[i]!.high >> folds];
      // What room there is, to both sides.
      const base = low - Math.floor((size - (high - low + 1)) / 2);
      f64[to + POSITIVE_BASE + i] = base;
      const buckets = to + POSITIVE + i * size - base;
      for (const [j, count] of bucketCounts.entries()) f64[buckets + ((offset + j) >> folds)]! += count;
    }
    Atomics.store(this.#i32, 2 * (at + VERSION), version);
  }
}

/** What cells of so many buckets hold together. */
export function readExponential(arena: Arena, cells: readonly number[], maxSize: number): ExponentialReading {
  const size = sizeOf(maxSize);
  let all: ExponentialReading | undefined;
  for (const at of cells) {
    const one = readOne(arena, at, size);
    all = all === undefined ? one : mergeExponential(all, one, size);
  }
  return all ?? emptyExponential();
}

/** Whole records, or as `isWhole` says. A bank is changed so seldom that this comes to an end. */
function readOne({ f64, i32 }: Arena, at: number, size: number): ExponentialReading {
  const counts = new Float64Array(2 * size);
  const versionAt = 2 * (at + VERSION);
  for (let tries = 0; ; tries++) {
    const version = Atomics.load(i32, versionAt);
    const bank = at + BANKS + (version & 1) * bankWords(size);
    const expected = f64[at + COUNT]!;
    const [sum, min, max, zeroCount] = [f64[at + SUM]!, f64[at + MIN]!, f64[at + MAX]!, f64[at + ZEROS]!];
    let count = zeroCount;
    for (let i = 0; i < 2 * size; i++) count += counts[i] = f64[bank + POSITIVE + i]!;
    const [scale, positiveBase, negativeBase] = [f64[bank + SCALE]!, f64[bank + POSITIVE_BASE]!, f64[bank + NEGATIVE_BASE]!];
    // An exchange, since no machine puts off a read beyond it, as some do beyond a load. It changes nothing.
    if (Atomics.compareExchange(i32, versionAt, version, version) !== version) continue;
    if (!isWhole(count, expected, tries)) continue;
    return {
      count,
      sum,
      min,
      max,
      scale: count === zeroCount ? 0 : scale,
      zeroCount,
      positive: trimmed(positiveBase, Array.from(counts.subarray(0, size))),
      negative: trimmed(negativeBase, Array.from(counts.subarray(size))),
    };
  }
}
