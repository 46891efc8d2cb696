import type { Follower } from './run.ts';

// Taken at load, so that a later patch of the prototype does not see our calls.
const { then } = Promise.prototype;

/**
 * Calls `fulfilled` or `rejected`, neither of which may throw, when a native promise settles. Returns what stands for the promise: with
 * `same` itself, otherwise one derived from it, which settles one microtask later with the same value or reason.
 */
export function observe<Value>(
  promise: Promise<Value>,
  same: boolean,
  fulfilled: (value: Value) => void,
  rejected: (reason: unknown) => void,
): Promise<Value> {
  if (same) {
    Reflect.apply(then, promise, [fulfilled, rejected]);
    return promise;
  }
  return Reflect.apply(then, promise, [
    (value: Value) => {
      fulfilled(value);
      return value;
    },
    (reason: unknown) => {
      rejected(reason);
      throw reason;
    },
  ]) as Promise<Value>;
}

/** For native promises of this realm. What clients such as ky and execa hang on their promises moves along to the derived one. */
export const followPromise: Follower<Promise<unknown>> = (promise, run, { samePromise }) => {
  const given = observe(
    promise,
    samePromise,
    (value) => run.succeed(value),
    (reason) => run.fail(reason),
  );
  if (given !== promise) {
    // The loop costs nothing for a promise without properties of its own.
    for (const key in promise) {
      const own = Reflect.getOwnPropertyDescriptor(promise, key);
      if (own !== undefined) Object.defineProperty(given, key, own);
    }
  }
  return given;
};
