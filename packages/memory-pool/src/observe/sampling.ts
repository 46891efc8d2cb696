/** How many operations there are until one is timed again, that one included. */
export interface Sampling {
  /** Called when an operation has been timed. `now` in milliseconds. */
  next(now: number): number;
}

/** So rarely that it is never, in a number that V8 counts down as fast as it can. */
export const NEVER = 2 ** 30;

/** One in `every`. */
export function oneIn(every: number): Sampling {
  return { next: () => every };
}

/** What one costs is about a microsecond, with cold caches: a thousandth of this. */
const AIM_MILLIS = 1;
/** What is left of a burst when it is over, at most. */
const MOST = 8192;
const FASTEST_GROWTH = 8;

/** About one in a millisecond: all of them while they are few, and never fewer than one in 8192. */
export class PacedSampling implements Sampling {
  #every = 1;
  #lastAt = -Infinity;

  next(now: number): number {
    const aim = Math.round((this.#every * AIM_MILLIS) / Math.max(now - this.#lastAt, Number.EPSILON));
    this.#lastAt = now;
    this.#every = Math.max(1, Math.min(aim, this.#every * FASTEST_GROWTH, MOST));
    return this.#every;
  }
}
