import { describe, expect, test } from '@jest/globals';
import { benchmarkFunction, measureMemoryUsage } from '../src/index.ts';

describe('benchmarkFunction', () => {
  test('calls three times to warm up, then ten times, unless told otherwise', () => {
    let calls = 0;
    const result = benchmarkFunction((by: number) => void (calls += by), [1]);
    expect(calls).toBe(13);
    expect(result.count).toBe(10);
    expect(benchmarkFunction(() => {}, [], { iterations: 4, warmup: 0 }).count).toBe(4);
  });

  test('gives figures that agree with each other', () => {
    const { count, totalTime, avgTime, minTime, maxTime, stdDev } = benchmarkFunction(() => Math.sqrt(2), [], { iterations: 50 });
    expect(avgTime).toBeCloseTo(totalTime / count, 12);
    expect(minTime).toBeLessThanOrEqual(avgTime);
    expect(avgTime).toBeLessThanOrEqual(maxTime);
    expect(stdDev).toBeLessThanOrEqual(maxTime - minTime);
  });

  test('awaits each call of an async function before the next', async () => {
    let running = 0;
    let calls = 0;
    const result = await benchmarkFunction(async () => {
      expect(running++).toBe(0);
      await undefined;
      running--;
      calls++;
    });
    expect([calls, result.count]).toEqual([13, 10]);
  });

  test('ends with the first error', async () => {
    const error = new Error('no');
    const failing = (): never => {
      throw error;
    };
    expect(() => benchmarkFunction(failing)).toThrow(error);
    await expect(benchmarkFunction(async () => failing())).rejects.toBe(error);
  });

  test('refuses options out of their bounds', () => {
    expect(() => benchmarkFunction(() => {}, [], { iterations: 0 })).toThrow('iterations must be an integer of at least 1, not 0');
    expect(() => benchmarkFunction(() => {}, [], { warmup: -1 })).toThrow('warmup must be an integer of at least 0, not -1');
  });
});

describe('measureMemoryUsage', () => {
  test('gives result, timing and bytes', () => {
    const [result, timing, delta] = measureMemoryUsage(function fill(n: number) {
      return Buffer.alloc(n, 1).length;
    }, 1000);
    expect(result).toBe(1000);
    expect(timing.operationName).toBe('fill');
    expect(Number.isInteger(delta)).toBe(true);
  });

  test('gives a promise of them for an async function', async () => {
    const [result, timing, delta] = await measureMemoryUsage(async () => 'done');
    expect([result, typeof timing.executionTime, Number.isInteger(delta)]).toEqual(['done', 'number', true]);
  });
});
