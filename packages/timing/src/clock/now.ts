/** Milliseconds on a clock that never goes back. Bound once, since a bound call is cheaper than a method call. */
export const now: () => number = performance.now.bind(performance);

/** Adding and taking away 2^52 rounds a double below it to an integer, in half the time of `Math.round`. */
const ROUNDER = 2 ** 52;

/** Seconds between two readings of `now`, rounded to nanoseconds: the digits beyond are noise, and would double the size of exports. */
export function secondsBetween(start: number, end: number): number {
  return ((end - start) * 1e6 + ROUNDER - ROUNDER) / 1e9;
}

/** Unix seconds, rounded to microseconds, of a reading of `now`, or of a clock with another origin. */
export function unixSeconds(at: number, timeOrigin: number = performance.timeOrigin): number {
  return Math.round((timeOrigin + at) * 1e3) / 1e6;
}
