import type { AnyFunction } from '../api.ts';
import type { Follower } from './run.ts';
import { shadow } from './shadow.ts';

type Callback = ((...values: unknown[]) => unknown) | null | undefined;

/** Whether `await value` would call its `then`. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  return typeof (value as { then?: unknown }).then === 'function';
}

/**
 * For thenables and for subclasses of Promise. Many are query builders that run once their `then` is called, so that only the consumer calls
 * it: through ours, which looks at what its callbacks get. A thenable that is frozen counts as ended at once.
 */
export const followThenable: Follower<PromiseLike<unknown>> = (thenable, run, { watched }) => {
  const original: AnyFunction = thenable.then;
  // oxlint-disable-next-line unicorn/no-thenable -- that is the point
  const release = watched.has(thenable) ? undefined : shadow(thenable, { then });
  if (release === undefined) {
    run.succeed(thenable);
    return thenable;
  }
  watched.add(thenable);

  function end(): void {
    release!();
    watched.delete(thenable);
  }

  function then(this: unknown, onFulfilled: Callback, onRejected: Callback, ...rest: unknown[]): unknown {
    const fulfilled = function (this: unknown, ...values: unknown[]): unknown {
      end();
      run.succeed(values[0]);
      return typeof onFulfilled === 'function' ? Reflect.apply(onFulfilled, this, values) : values[0];
    };
    const rejected = function (this: unknown, ...reasons: unknown[]): unknown {
      end();
      run.fail(reasons[0]);
      if (typeof onRejected === 'function') return Reflect.apply(onRejected, this, reasons);
      throw reasons[0];
    };
    try {
      return run.resume(original, this, [fulfilled, rejected, ...rest]);
    } catch (error) {
      end();
      run.fail(error);
      throw error;
    }
  }

  return thenable;
};
