import { describe, expect, test } from '@jest/globals';
import { DistributionWindow } from '../../src/window/distribution-window.ts';

const bucket = (lower: number, upper: number, count: number) => ({ lower, upper, count });

describe('a window over distributions', () => {
  test('adds up what was counted in its age', () => {
    const window = new DistributionWindow(1000);
    window.add({ count: 3, sum: 6, buckets: [bucket(0, 2, 1), bucket(2, 4, 2)] }, 0);
    window.add({ count: 1, sum: 4, buckets: [bucket(0, 2, 0), bucket(2, 4, 1)] }, 500);
    expect(window.stats(500, [50])).toEqual({
      count: 4,
      seen: 4,
      total: 10,
      average: 2.5,
      percentiles: { p50: expect.closeTo(2 + 2 / 3, 10) },
    });
    expect(window.stats(1200, [50])).toEqual({ count: 1, seen: 4, total: 4, average: 4, percentiles: { p50: 3 } });
  });

  test('an empty window says so', () => {
    const window = new DistributionWindow(1000);
    expect(window.stats(0, [50])).toEqual({ count: 0, seen: 0, total: 0, percentiles: {} });
    window.add({ count: 2, sum: 6, buckets: [bucket(2, 4, 2)] }, 0);
    expect(window.stats(1e9, [50])).toEqual({ count: 0, seen: 2, total: 0, percentiles: {} });
  });

  test('knows no total of a histogram that keeps none', () => {
    const window = new DistributionWindow(1000);
    window.add({ count: 2, buckets: [bucket(-2, 4, 2)] }, 0);
    const { total, average } = window.stats(0, []);
    expect([total, average]).toEqual([NaN, undefined]);
  });

  test('stays small however often it is fed', () => {
    const window = new DistributionWindow(1000);
    for (let at = 0; at < 100_000; at++) window.add({ count: 1, sum: 1, buckets: [bucket(0, 2, 1)] }, at);
    const { count, seen } = window.stats(99_999, []);
    expect(seen).toBe(100_000);
    // A slice is a thirtieth of the window, and leaves it as a whole.
    expect(count).toBeGreaterThanOrEqual(1000 - 1000 / 30 - 1);
    expect(count).toBeLessThanOrEqual(1001);
  });
});
