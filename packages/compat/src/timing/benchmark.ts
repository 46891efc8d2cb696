import {
  benchmarkFunction,
  measureMemoryUsage,
  type AnyFunction,
  type BenchmarkResult as IdiomaticBenchmark,
  type TimingResult as IdiomaticResult,
} from '@otel-perf/timing';
import { to_documented, type TimingResult } from './result.ts';

/** Seconds per call; the deviation is that of the population. */
export interface BenchmarkResult {
  count: number;
  total_time: number;
  avg_time: number;
  min_time: number;
  max_time: number;
  std_dev: number;
}

/** Calls `fn` three times to warm up, then `iterations` times, and times these; awaits what an async `fn` returns, and gives a promise then. */
export function benchmark_function<Args extends unknown[], Returned>(
  fn: (...args: Args) => Returned,
  args?: readonly [...Args],
  options?: { iterations?: number },
): Returned extends PromiseLike<unknown> ? Promise<BenchmarkResult> : BenchmarkResult;
export function benchmark_function(
  fn: AnyFunction,
  args: readonly unknown[] = [],
  { iterations = 10 }: { iterations?: number } = {},
): BenchmarkResult | Promise<BenchmarkResult> {
  const benchmark: IdiomaticBenchmark | Promise<IdiomaticBenchmark> = benchmarkFunction(fn, args, { iterations, warmup: 3 });
  return benchmark instanceof Promise ? benchmark.then(to_benchmark) : to_benchmark(benchmark);
}

function to_benchmark({ count, totalTime, avgTime, minTime, maxTime, stdDev }: IdiomaticBenchmark): BenchmarkResult {
  return { count, total_time: totalTime, avg_time: avgTime, min_time: minTime, max_time: maxTime, std_dev: stdDev };
}

/** Calls `fn` and gives its result, its time, and by how many bytes the process grew; a promise of the three for an async `fn`. */
export function measure_memory_usage<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  ...args: Args
): Result extends PromiseLike<infer Value> ? Promise<[Value, TimingResult, number]> : [Result, TimingResult, number];
export function measure_memory_usage(fn: AnyFunction, ...args: unknown[]): unknown {
  const measured: Measured | Promise<Measured> = measureMemoryUsage(fn, ...args);
  return measured instanceof Promise ? measured.then(documented_triple) : documented_triple(measured);
}

type Measured = [unknown, IdiomaticResult, number];

function documented_triple([result, timing, memory_delta]: Measured): [unknown, TimingResult, number] {
  return [result, to_documented(timing), memory_delta];
}
