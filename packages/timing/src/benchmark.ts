import type { AnyFunction } from './api.ts';
import { now, secondsBetween } from './clock/now.ts';
import { checkCount } from './options.ts';
import { isThenable } from './wrap/thenable.ts';

export interface BenchmarkOptions {
  /** Timed calls. Default 10; at least 1. */
  iterations?: number;
  /** Calls before them that are not timed. Default 3; at least 0. */
  warmup?: number;
}

/** Seconds per call; the deviation is that of the population. */
export interface BenchmarkResult {
  count: number;
  totalTime: number;
  avgTime: number;
  minTime: number;
  maxTime: number;
  stdDev: number;
}

type ResultOf<Returned> = Returned extends PromiseLike<unknown> ? Promise<BenchmarkResult> : BenchmarkResult;

/**
 * Calls `fn` again and again, each call after the end of the one before, and times it. For a `fn` that returns promises, a promise of the
 * result. The first error ends it, and is thrown on.
 * @throws RangeError for an option out of its bounds, naming both.
 */
export function benchmarkFunction<Args extends unknown[], Returned>(
  fn: (...args: Args) => Returned,
  args?: readonly [...Args],
  options?: BenchmarkOptions,
): ResultOf<Returned>;
export function benchmarkFunction(
  fn: AnyFunction,
  args: readonly unknown[] = [],
  options: BenchmarkOptions = {},
): BenchmarkResult | Promise<BenchmarkResult> {
  const iterations = checkCount('iterations', options.iterations ?? 10, 1);
  const calls = checkCount('warmup', options.warmup ?? 3, 0) + iterations;
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const start = now();
    const returned: unknown = fn(...args);
    // A function may return a promise now and then: from the first one on, all are awaited.
    if (isThenable(returned)) return goOn(fn, args, times, calls - call, iterations, start, returned);
    times.push(secondsBetween(start, now()));
  }
  return summarize(times.slice(-iterations));
}

async function goOn(
  fn: AnyFunction,
  args: readonly unknown[],
  times: number[],
  calls: number,
  iterations: number,
  start: number,
  first: PromiseLike<unknown>,
): Promise<BenchmarkResult> {
  await first;
  times.push(secondsBetween(start, now()));
  for (let call = 1; call < calls; call++) {
    const begin = now();
    // oxlint-disable-next-line no-await-in-loop -- one call after the other is what is measured
    await fn(...args);
    times.push(secondsBetween(begin, now()));
  }
  return summarize(times.slice(-iterations));
}

function summarize(times: readonly number[]): BenchmarkResult {
  const count = times.length;
  const totalTime = times.reduce((sum, time) => sum + time, 0);
  const avgTime = totalTime / count;
  const variance = times.reduce((sum, time) => sum + (time - avgTime) ** 2, 0) / count;
  const minTime = times.reduce((least, time) => Math.min(least, time), Infinity);
  const maxTime = times.reduce((most, time) => Math.max(most, time), 0);
  return { count, totalTime, avgTime, minTime, maxTime, stdDev: Math.sqrt(variance) };
}
