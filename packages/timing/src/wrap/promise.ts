import { types } from 'node:util';
import type { Follower } from './run.ts';

const { isPromise } = types;
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

/** Whether it is a native promise of this realm, and of no class of its own. Runs no code of the result's but a `constructor` that is a getter. */
export function isOwnPromise(result: object): result is Promise<unknown> {
  try {
    return isPromise(result) && result.constructor === Promise;
  } catch {
    return false;
  }
}

/**
 * The promise of what one of the two returns or throws. What clients such as ky and execa hang on their promises moves along to it: own
 * enumerable properties with string keys, and a prototype that has such.
 */
export function derive(
  promise: Promise<unknown>,
  fulfilled: (value: unknown) => unknown,
  rejected: (reason: unknown) => unknown,
): Promise<unknown> {
  const given = deriveFresh(promise, fulfilled, rejected);
  try {
    for (const key in promise) {
      const own = Reflect.getOwnPropertyDescriptor(promise, key);
      if (own === undefined) Object.setPrototypeOf(given, Object.getPrototypeOf(promise) as object);
      else Object.defineProperty(given, key, own);
    }
  } catch {
    // What it has is left out. Without the derived promise nobody would hear of its rejection.
  }
  return given;
}

/** As `derive`, for a promise that nobody can have hung anything on: to look for that takes as long as to record a call. */
export function deriveFresh(
  promise: Promise<unknown>,
  fulfilled: (value: unknown) => unknown,
  rejected: (reason: unknown) => unknown,
): Promise<unknown> {
  return Reflect.apply(then, promise, [fulfilled, rejected]) as Promise<unknown>;
}

/** For those that `isOwnPromise` knows. */
export const followPromise: Follower<Promise<unknown>> = (promise, run, { samePromise }) => {
  const succeed = (value: unknown): unknown => {
    run.succeed(value);
    return value;
  };
  const fail = (reason: unknown): never => {
    run.fail(reason);
    throw reason;
  };
  if (!samePromise) return derive(promise, succeed, fail);
  observe(promise, true, succeed, (reason) => run.fail(reason));
  return promise;
};
