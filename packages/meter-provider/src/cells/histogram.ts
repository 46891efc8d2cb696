import type { Arena } from '../memory/arena.ts';
import * as bucketIndex from './bucket-index.ts';
import type { RecordingCell } from './recording-cell.ts';
import { DistributionCell, initialiseDistribution, isWhole } from './distribution.ts';
import { COUNT, DISTRIBUTION_WORDS, MAX, MIN, SUM } from './distribution-words.ts';

export { readInterval } from './distribution.ts';

const BUCKETS = DISTRIBUTION_WORDS;
// What is imported is no constant to the engine, which looks it up at each use. These are.
const { classOf, isOrdinary, NO_TABLE, NONE } = bucketIndex;

const NO_BOUNDARIES = new Float64Array(0);

export function histogramWords(boundaries: number): number {
  return BUCKETS + boundaries + 1;
}

/** To be called before anybody sees the cell. */
export function initialiseHistogram(arena: Arena, at: number): void {
  initialiseDistribution(arena, at);
}

/** A histogram with explicit boundaries, which one thread writes. */
export class HistogramCell extends DistributionCell implements RecordingCell {
  // What is written twice in the constructor, is written with the same kind of thing: so the engine knows what it will find.
  #first = NO_TABLE;
  #boundaries = NO_BOUNDARIES;
  readonly #index: bucketIndex.BucketIndex;
  #isRetired = false;

  /** Goes on from what the cell holds. */
  constructor(arena: Arena, at: number, index: bucketIndex.BucketIndex) {
    super(arena, at, histogramWords(index.length));
    this.#first = index.first;
    this.#boundaries = index.boundaries;
    this.#index = index;
    let count = 0;
    for (let i = 0; i <= index.length; i++) count += this.words[BUCKETS + i]!;
    this.mend(count);
  }

  record(value: number): void {
    this.add(BUCKETS + this.#index.find(value), value);
  }

  tryRecord(value: number): boolean {
    const first = this.#first[classOf(value)]!;
    // The step as a number: whether it is taken, could not be foretold.
    if (first !== NONE) this.add(BUCKETS + first + Number(this.#boundaries[first]! < value), value);
    else if (!this.#isRetired && isOrdinary(value)) this.record(value);
    else return false;
    return true;
  }

  retire(): void {
    this.#isRetired = true;
    this.#first = NO_TABLE;
  }
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

/** Adds what a cell holds to `into`, which has as many buckets. Whole records, or as `isWhole` says. */
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
  } while (!isWhole(count, expected, tries++));
  for (let i = 0; i < length; i++) into.buckets[i]! += buckets[i]!;
  into.count += count;
  into.sum += sum;
  if (min < into.min) into.min = min;
  if (max > into.max) into.max = max;
}

/** What cells of so many boundaries hold together. */
export function readHistogram(arena: Arena, cells: readonly number[], boundaries: number): HistogramReading {
  const reading = emptyHistogram(boundaries + 1);
  for (const at of cells) addHistogram(arena, at, reading);
  return reading;
}

export function emptyHistogram(buckets: number): HistogramReading {
  return { count: 0, sum: 0, min: Infinity, max: -Infinity, buckets: new Float64Array(buckets) };
}
