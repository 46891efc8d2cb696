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
  /** How many boundaries there are. */
  readonly length: number;
  /** And one more, which no value is above. */
  readonly #boundaries: Float64Array<ArrayBuffer>;
  readonly #first: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;

  private constructor(boundaries: readonly number[]) {
    this.length = boundaries.length;
    this.#boundaries = Float64Array.from([...boundaries, Infinity]);
    this.#first = boundaries.length < 256 ? new Uint8Array(CLASSES) : new Uint16Array(CLASSES);
    for (let i = 0; i < CLASSES; i++) this.#first[i] = search(this.#boundaries, leastOf(i));
  }

  /** One for all histograms of the same boundaries, which rise and are finite. @throws RangeError beyond 65,535 of them. */
  static of(boundaries: readonly number[]): BucketIndex {
    if (boundaries.length > MOST_BOUNDARIES)
      throw new RangeError(`boundaries must be ${MOST_BOUNDARIES} at most, not ${boundaries.length}`);
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
    const boundaries = this.#boundaries;
    number[0] = value;
    const first = this.#first[halves[UPPER]! >>> CLASS_SHIFT]!;
    // The step as a number: whether it is taken, could not be foretold.
    const bucket = first + Number(boundaries[first]! < value);
    return boundaries[bucket]! < value ? search(boundaries, value) : bucket;
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

const MOST_BOUNDARIES = 65_535;
const known = new Map<string, BucketIndex>();

/** The lowest value of a class. */
function leastOf(index: number): number {
  const isNegative = index >= CLASSES / 2;
  halves[UPPER] = isNegative ? (index << CLASS_SHIFT) | (2 ** CLASS_SHIFT - 1) : index << CLASS_SHIFT;
  halves[1 - UPPER] = isNegative ? -1 : 0;
  return number[0]!;
}
