import type { AnyFunction, TimingResult } from './api.ts';
import { Timer } from './timer.ts';

type Measured<Result> = [Result, TimingResult, number];

/**
 * Calls `fn`, times it, and reports in bytes by how much the resident set of the process grew meanwhile; below 0 when memory was given
 * back. Whatever else the process did counts too. For a `fn` that returns a promise, a promise of the three.
 */
export function measureMemoryUsage<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  ...args: Args
): Result extends PromiseLike<infer Value> ? Promise<Measured<Value>> : Measured<Result>;
export function measureMemoryUsage(fn: AnyFunction, ...args: unknown[]): Measured<unknown> | Promise<Measured<unknown>> {
  const before = process.memoryUsage.rss();
  const withDelta = ([result, timing]: [unknown, TimingResult]): Measured<unknown> => [result, timing, process.memoryUsage.rss() - before];
  const timed: unknown = new Timer(fn.name || 'Operation').timeIt(fn, ...args);
  return timed instanceof Promise ? timed.then(withDelta) : withDelta(timed as [unknown, TimingResult]);
}
