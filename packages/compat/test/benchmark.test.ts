import { describe, expect, jest, test } from '@jest/globals';
import { benchmark_function, measure_memory_usage, TimingResult } from '../src/timing_utilities.ts';

const SECONDS = expect.any(Number);
const benchmark = (count: number) => ({
  count,
  total_time: SECONDS,
  avg_time: SECONDS,
  min_time: SECONDS,
  max_time: SECONDS,
  std_dev: SECONDS,
});

describe('benchmark_function', () => {
  test('calls three times to warm up, then times ten calls', () => {
    const fn = jest.fn(() => 1);
    const result = benchmark_function(fn);
    expect(fn).toHaveBeenCalledTimes(13);
    expect(result).toEqual(benchmark(10));
    expect(result.avg_time).toBeCloseTo(result.total_time / 10, 12);
    expect(result.min_time).toBeLessThanOrEqual(result.avg_time);
    expect(result.max_time).toBeGreaterThanOrEqual(result.avg_time);
  });

  test('passes the arguments on, and takes the number of iterations', () => {
    const fn = jest.fn((a: number, b: string) => a + b);
    expect(benchmark_function(fn, [1, 'x'], { iterations: 2 })).toEqual(benchmark(2));
    expect(fn.mock.calls).toEqual(Array.from({ length: 5 }, () => [1, 'x']));
  });

  test('awaits an async function, one call after the other', async () => {
    let running = 0;
    let most = 0;
    const fn = jest.fn(async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
    });
    const result = benchmark_function(fn, [], { iterations: 4 });
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toEqual(benchmark(4));
    expect(fn).toHaveBeenCalledTimes(7);
    expect(most).toBe(1);
  });
});

describe('measure_memory_usage', () => {
  test('gives the result, its time and the bytes', () => {
    const [sum, timing, bytes] = measure_memory_usage((a: number, b: number) => a + b, 1, 2);
    expect(sum).toBe(3);
    expect(timing).toBeInstanceOf(TimingResult);
    expect(Number.isInteger(bytes)).toBe(true);
  });

  test('gives a promise of them for an async function', async () => {
    const measured = measure_memory_usage(async (a: number) => a + 1, 1);
    expect(measured).toBeInstanceOf(Promise);
    expect(await measured).toEqual([2, expect.any(TimingResult), expect.any(Number)]);
  });
});
