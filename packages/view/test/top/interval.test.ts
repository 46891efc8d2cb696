import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { flowOf, histogramIncrease, increase } from '../../src/top/interval.ts';
import { counter, gauge, histogram } from './series.ts';

const bounds = [0.1, 0.2, 0.4];

describe('a counter between two readings', () => {
  test('has its increase a second as rate, and its total as value', () => {
    expect(flowOf(counter('c', 130), counter('c', 100), 2)).toEqual({ of: 'interval', value: 130, rate: 15 });
  });

  test('has grown by all that it has after a reset', () => {
    expect(flowOf(counter('c', 30), counter('c', 100), 2)).toEqual({ of: 'interval', value: 30, rate: 15 });
    expect(increase(0, 100)).toBe(0);
  });

  test('has no rate after one reading, nor where no time went by', () => {
    expect(flowOf(counter('c', 30), undefined, NaN)).toEqual({ of: 'start', value: 30 });
    expect(flowOf(counter('c', 30), counter('c', 20), 0)).toEqual({ of: 'interval', value: 30 });
  });
});

test('a gauge has its value', () => expect(flowOf(gauge('g', -3), gauge('g', 5), 2)).toEqual({ of: 'interval', value: -3 }));

describe('a histogram between two readings', () => {
  test('has rate and percentiles of the interval alone', () => {
    const flow = flowOf(histogram('h', bounds, [1000, 10, 10, 0]), histogram('h', bounds, [1000, 0, 0, 0]), 4);
    // 10 in (0.1, 0.2] and 10 in (0.2, 0.4]: ranks 10, 19 and 19.8 of 20.
    expect(flow).toEqual({ of: 'interval', rate: 5, p50: 0.2, p95: expect.closeTo(0.38, 12), p99: expect.closeTo(0.396, 12) });
  });

  test('has figures since the start after one reading, and no rate', () => {
    expect(flowOf(histogram('h', bounds, [20, 0, 0, 0]), undefined, NaN)).toEqual({
      of: 'start',
      p50: 0.05,
      p95: expect.closeTo(0.095, 12),
      p99: expect.closeTo(0.099, 12),
    });
  });

  test('has a rate of 0 and no percentiles where nothing happened', () => {
    const same = histogram('h', bounds, [5, 5, 5, 5]);
    expect(flowOf(same, same, 2)).toEqual({ of: 'interval', rate: 0 });
  });

  test('counts all after a reset, told by the count or by one bucket', () => {
    const before = histogram('h', bounds, [9, 9, 9, 0]);
    for (const counts of [
      [1, 2, 0, 0],
      [0, 90, 0, 0],
    ]) {
      const { count, buckets } = histogramIncrease(histogram('h', bounds, counts).distribution!, before.distribution!);
      expect(buckets.map((bucket) => bucket.count)).toEqual(counts);
      expect(count).toBe(counts[0]! + counts[1]!);
    }
  });

  test('counts all where it has other buckets', () => {
    const other = histogram('h', [0.3], [7, 30]);
    expect(histogramIncrease(other.distribution!, histogram('h', bounds, [1, 1, 1, 1]).distribution!)).toEqual(other.distribution);
  });

  test('of whatever counts adds up: what was before and what came are what is', () => {
    const counts = fc.array(fc.nat({ max: 1e6 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(counts, counts, (before, came) => {
        const now = before.map((count, i) => count + came[i]!);
        const { count, buckets } = histogramIncrease(
          histogram('h', bounds, now).distribution!,
          histogram('h', bounds, before).distribution!,
        );
        expect(buckets.map((bucket) => bucket.count)).toEqual(came);
        expect(count).toBe(came.reduce((sum, each) => sum + each, 0));
      }),
    );
  });
});

test('a summary has the percentiles that its source tells, and a rate of its own', () => {
  const summary = (count: number) => {
    const { distribution: _, ...series } = histogram('s', [], []);
    return { ...series, figures: { count, p50: 1, p95: 2, p99: 3, exactPercentiles: false } };
  };
  expect(flowOf(summary(30), summary(10), 4)).toEqual({ of: 'source', rate: 5, p50: 1, p95: 2, p99: 3 });
});
