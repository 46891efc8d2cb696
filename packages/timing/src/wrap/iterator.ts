import type { AnyFunction } from '../api.ts';
import { observe } from './promise.ts';
import type { FollowOptions, Run } from './run.ts';
import { shadow } from './shadow.ts';

type Step = (method: AnyFunction, receiver: unknown, args: ArrayLike<unknown>) => unknown;

/** Whoever counts the items of an iterator or stream and wants to know of its end. */
export interface Progress {
  item(): void;
  end(result?: unknown): void;
  fail(error: unknown): void;
}

/** A generator counts as ended when it is done, throws or is returned from; one that is never finished is never recorded. */
export function followGenerator(generator: Generator, run: Run, { watched }: FollowOptions): object {
  return followIterator(generator, run, watched, (progress) => (method, receiver, args) => {
    let result: IteratorResult<unknown>;
    try {
      result = run.resume(method, receiver, args) as IteratorResult<unknown>;
    } catch (error) {
      progress.fail(error);
      throw error;
    }
    advance(progress, result);
    return result;
  });
}

/** Like `followGenerator`; the promises of its methods follow the rule for native promises. */
export function followAsyncGenerator(generator: AsyncGenerator, run: Run, { watched, samePromise }: FollowOptions): object {
  return followIterator(generator, run, watched, (progress) => asyncStep(progress, samePromise, run));
}

/** Watches an async iterator whose methods return native promises. */
export function watchAsyncIterator(iterator: object, progress: Progress, samePromise: boolean, run: Run): void {
  shadowMethods(iterator, asyncStep(progress, samePromise, run));
}

function asyncStep(progress: Progress, samePromise: boolean, run: Run): Step {
  return (method, receiver, args) =>
    observe(
      run.resume(method, receiver, args) as Promise<IteratorResult<unknown>>,
      samePromise,
      (result) => advance(progress, result),
      (error) => progress.fail(error),
    );
}

function followIterator(iterator: object, run: Run, watched: WeakSet<object>, stepper: (progress: Progress) => Step): object {
  let items = 0;
  const release = watched.has(iterator)
    ? undefined
    : shadowMethods(
        iterator,
        stepper({
          item: () => items++,
          end: (result) => {
            end();
            run.succeed(result, items);
          },
          fail: (error) => {
            end();
            run.fail(error, items);
          },
        }),
      );
  if (release === undefined) {
    run.succeed(iterator);
    return iterator;
  }
  watched.add(iterator);
  function end(): void {
    release!();
    watched.delete(iterator);
  }
  return iterator;
}

function advance(progress: Progress, result: IteratorResult<unknown>): void {
  if (result.done) progress.end(result.value);
  else progress.item();
}

function shadowMethods(iterator: object, step: Step): (() => void) | undefined {
  const original = iterator as { next: AnyFunction; return?: AnyFunction; throw?: AnyFunction };
  const { next, return: return_, throw: throw_ } = original;
  // Method shorthand with one parameter: neither constructible nor of another length than what it covers.
  return shadow(iterator, {
    next(this: unknown, _value: unknown) {
      return step(next, this, arguments);
    },
    ...(return_ !== undefined && {
      return(this: unknown, _value: unknown) {
        return step(return_, this, arguments);
      },
    }),
    ...(throw_ !== undefined && {
      throw(this: unknown, _error: unknown) {
        return step(throw_, this, arguments);
      },
    }),
  });
}
