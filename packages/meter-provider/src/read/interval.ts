import { MIN_MAX_EPOCH, type Arena } from '../memory/arena.ts';

/**
 * The interval between two collections, for which histograms keep a minimum and a maximum. There is one of the process: it belongs to the
 * first that wants it, and any other has none.
 */
export class Interval {
  readonly #i32: Int32Array<SharedArrayBuffer>;
  #isWanted = false;
  #isOurs: boolean | undefined;
  #ended = 0;

  constructor({ i32 }: Arena) {
    this.#i32 = i32;
  }

  /** Without it there is none, and records do not spend time on it. */
  want(): void {
    this.#isWanted = true;
  }

  /** Ends the interval, and begins the next one. */
  next(): void {
    if (!this.#isWanted) return;
    if (this.#isOurs === undefined) this.#isOurs = Atomics.compareExchange(this.#i32, MIN_MAX_EPOCH, 0, 1) === 0;
    else if (this.#isOurs) this.#ended = Atomics.add(this.#i32, MIN_MAX_EPOCH, 1);
  }

  /** The number of the interval that was ended last; 0 for none. */
  get ended(): number {
    return this.#ended;
  }
}
