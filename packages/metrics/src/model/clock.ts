/** Where timestamps come from; replaced in tests. */
export interface Clock {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Unix time in milliseconds at which `now()` was 0. */
  readonly timeOrigin: number;
}

export const systemClock: Clock = {
  now: performance.now.bind(performance),
  timeOrigin: performance.timeOrigin,
};

/** Unix seconds, rounded to microseconds, of a reading of `clock`. */
export function unixSeconds(clock: Pick<Clock, 'timeOrigin'>, at: number): number {
  return Math.round((clock.timeOrigin + at) * 1e3) / 1e6;
}
