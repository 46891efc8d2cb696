import type { AnyFunction } from '../api.ts';

/** One way of measuring calls. */
export interface Measure {
  /** A function that calls `fn` with its own receiver and arguments, measures the call, and lets through what comes of it. Not a constructor. */
  callable(fn: AnyFunction): AnyFunction;
  /** The same, which constructs what `fn` does when called with `new`. */
  constructible(fn: AnyFunction): AnyFunction;
}

/** What is constructed is complete when the constructor returns, also where it is a promise or stream: the measure does not see it. */
export function construct(measure: Measure, fn: AnyFunction, args: unknown[], target: AnyFunction): object {
  let made: object | undefined;
  const constructing = (...given: unknown[]): void => {
    made = Reflect.construct(fn, given, target) as object;
  };
  measure.callable(constructing)(...args);
  return made!;
}
