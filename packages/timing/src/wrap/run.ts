import type { AnyFunction } from '../api.ts';

/** A call that is being measured, as the code that follows its result to the end sees it. */
export interface Run {
  /** Runs a further step of the call, such as the body of a generator up to its next `yield`. */
  resume(fn: AnyFunction, receiver: unknown, args: ArrayLike<unknown>): unknown;
  /** The first of `succeed` and `fail` counts. `items` is how many items came out of a generator or stream. Neither throws. */
  succeed(result: unknown, items?: number): void;
  fail(error: unknown, items?: number): void;
}

export interface FollowOptions {
  readonly samePromise: boolean;
  /** Objects that are being followed for the same site, so that one which is returned again and again is not wrapped each time. */
  readonly watched: WeakSet<object>;
}

/**
 * Tells `run` when `result` comes to its end, and returns what the caller gets: `result` itself, except for a native promise without
 * `samePromise`.
 */
export type Follower<Result extends object> = (result: Result, run: Run, options: FollowOptions) => object;
