/** Sign, exponent and the first three bits of the fraction: values of one class differ by an eighth at most. */
const CLASS_SHIFT = 17;
const CLASSES = 2 ** (32 - CLASS_SHIFT);

// What a number looks like in memory, read by its upper half (all machines that Node runs on are little-endian, or say so).
const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);
number[0] = 1;
const UPPER = halves[1] === 0 ? 0 : 1;

/**
 * Finds the bucket of a value: a table tells the first bucket that any value of its class can be in, and from there it is hardly ever more
 * than a step. Unlike a binary search it has no branch that a processor must guess.
 */
export class BucketIndex {
  readonly boundaries: Float64Array<ArrayBuffer>;
  readonly #first: Uint16Array<ArrayBuffer>;

  private constructor(boundaries: readonly number[]) {
    this.boundaries = Float64Array.from(boundaries);
    this.#first = new Uint16Array(CLASSES);
    for (let i = 0; i < CLASSES; i++) this.#first[i] = this.#search(leastOf(i));
  }

  /** One for all histograms of the same boundaries, which rise. */
  static of(boundaries: readonly number[]): BucketIndex {
    const key = boundaries.join();
    let index = known.get(key);
    if (index === undefined) {
      index = new BucketIndex(boundaries);
      known.set(key, index);
    }
    return index;
  }

  /** The first bucket whose boundary is not below `value`; behind the last boundary there is one more. `value` is no NaN. */
  find(value: number): number {
    const { boundaries } = this;
    number[0] = value;
    let bucket = this.#first[halves[UPPER]! >>> CLASS_SHIFT]!;
    while (bucket < boundaries.length && boundaries[bucket]! < value) bucket++;
    return bucket;
  }

  #search(value: number): number {
    if (Number.isNaN(value)) return 0;
    const bucket = this.boundaries.findIndex((boundary) => boundary >= value);
    return bucket < 0 ? this.boundaries.length : bucket;
  }
}

const known = new Map<string, BucketIndex>();

/** The lowest value of a class. */
function leastOf(index: number): number {
  const isNegative = index >= CLASSES / 2;
  halves[UPPER] = isNegative ? (index << CLASS_SHIFT) | (2 ** CLASS_SHIFT - 1) : index << CLASS_SHIFT;
  halves[1 - UPPER] = isNegative ? -1 : 0;
  return number[0]!;
}
