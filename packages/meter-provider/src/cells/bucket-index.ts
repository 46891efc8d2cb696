/** Sign, exponent and the first three bits of the fraction: values of one class differ by an eighth at most. */
const CLASS_SHIFT = 17;
const CLASSES = 2 ** (32 - CLASS_SHIFT);

// What a number looks like in memory, read by its upper half (all machines that Node runs on are little-endian, or say so).
const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);
number[0] = 1;
const UPPER = halves[1] === 0 ? 0 : 1;

/** In the place of a bucket in the table of a `BucketIndex`: none. */
export const NONE = 65_535;

/** A table that has none for any class. */
export const NO_TABLE: Uint16Array<ArrayBuffer> = new Uint16Array(CLASSES).fill(NONE);

/** Where in the table of a `BucketIndex` to look for a value. */
export function classOf(value: number): number {
  number[0] = value;
  return halves[UPPER]! >>> CLASS_SHIFT;
}

/**
 * Finds the bucket of a value: the first whose boundary is not below it; behind the last boundary there is one more. A table tells the first
 * bucket that any value of its class can be in, and from there it is not more than a step, except for classes that the table has none for.
 * Unlike a binary search it has no branch that a processor must guess.
 */
export class BucketIndex {
  /** How many boundaries there are. */
  readonly length: number;
  /** And one more, which no value is above. */
  readonly boundaries: Float64Array<ArrayBuffer>;
  /**
   * Of a class (`classOf`) whose values are in one of two buckets, the first of them. `NONE` for classes that spread further, and for those of
   * negative and infinite values, -0 and NaN.
   */
  readonly first: Uint16Array<ArrayBuffer>;

  private constructor(boundaries: readonly number[]) {
    this.length = boundaries.length;
    this.boundaries = Float64Array.from([...boundaries, Infinity]);
    // Of more there are no numbers for all.
    this.first = boundaries.length < NONE ? Uint16Array.from({ length: CLASSES }, (_, i) => this.#firstOf(i)) : NO_TABLE;
  }

  /** One for all histograms of the same boundaries, which rise and are finite. */
  static of(boundaries: readonly number[]): BucketIndex {
    let index = knownFor.get(boundaries);
    if (index === undefined) {
      const key = boundaries.join();
      index = known.get(key) ?? new BucketIndex(boundaries);
      known.set(key, index);
      knownFor.set(boundaries, index);
    }
    return index;
  }

  /** The bucket of any value that is no NaN. */
  find(value: number): number {
    return search(this.boundaries, value);
  }

  #firstOf(index: number): number {
    const [least, most] = [valueOf(index, 0), valueOf(index, -1)];
    if (!isOrdinary(least) || !isOrdinary(most)) return NONE;
    const first = search(this.boundaries, least);
    return search(this.boundaries, most) <= first + 1 ? first : NONE;
  }
}

/** The same, by halves. */
function search(boundaries: Float64Array, value: number): number {
  let low = 0;
  let high = boundaries.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (boundaries[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const known = new Map<string, BucketIndex>();
/** The same by the arrays themselves, of which all series of a stream have one. */
const knownFor = new WeakMap<readonly number[], BucketIndex>();

/** Neither negative, -0 among them, nor infinite, nor NaN. */
export function isOrdinary(value: number): boolean {
  return value >= 0 && value <= Number.MAX_VALUE && !Object.is(value, -0);
}

/** Of a class the value nearest to zero, with `rest` of 0, or farthest from it, with -1. */
function valueOf(index: number, rest: 0 | -1): number {
  halves[UPPER] = (index << CLASS_SHIFT) | (rest & (2 ** CLASS_SHIFT - 1));
  halves[1 - UPPER] = rest;
  return number[0]!;
}
