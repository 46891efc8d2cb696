import { describe, expect, test } from '@jest/globals';
import { MetricsAggregator } from '../../src/window/metrics-aggregator.ts';
import { ManualClock } from '../model/manual-clock.ts';

function filled(values: readonly number[], options?: ConstructorParameters<typeof MetricsAggregator>[0]): MetricsAggregator {
  const aggregator = new MetricsAggregator(options);
  for (const value of values) aggregator.addMetric('a', value);
  return aggregator;
}

describe('a window by count', () => {
  test('holds the last thousand values unless told otherwise', () => {
    const aggregator = filled(Array.from({ length: 1500 }, (_, i) => i));
    expect(aggregator.windowSize).toBe(1000);
    expect(aggregator.getStats('a')).toMatchObject({ count: 1000, seen: 1500, min: 500, max: 1499, lastValue: 1499 });
  });

  test('gives count, total, average, extremes, deviation, last value and any percentile', () => {
    expect(filled([2, 4, 4, 4, 5, 5, 7, 9]).getStats('a', [50, 99.9])).toEqual({
      count: 8,
      seen: 8,
      total: 40,
      average: 5,
      min: 2,
      max: 9,
      stdDev: 2,
      lastValue: 9,
      percentiles: { p50: 4.5, 'p99.9': expect.closeTo(8.986, 10) },
    });
  });

  test('says the recent values oldest first', () => {
    const aggregator = filled([1, 2, 3, 4], { windowSize: 3 });
    expect([aggregator.getRecentValues('a'), aggregator.getRecentValues('a', 2), aggregator.getRecentValues('b')]).toEqual([
      [2, 3, 4],
      [3, 4],
      [],
    ]);
  });

  test.each([NaN, Infinity, -Infinity, '1' as unknown as number, undefined as unknown as number])('refuses %p', (value) => {
    const aggregator = new MetricsAggregator();
    expect(aggregator.addMetric('a', value)).toBe(false);
    expect([aggregator.getStats('a'), aggregator.names()]).toEqual([undefined, []]);
  });
});

describe('a window by time', () => {
  test('an empty window says so: no zeros, no last value, yet what it has seen', () => {
    const clock = new ManualClock();
    const aggregator = filled([1, 2], { windowMaxAgeMillis: 1000, clock });
    clock.advance(1000);
    expect(aggregator.getStats('a')).toMatchObject({ count: 2, lastValue: 2 });
    clock.advance(1);
    expect(aggregator.getStats('a', [50])).toEqual({ count: 0, seen: 2, total: 0, percentiles: {} });
    expect([aggregator.count('a'), aggregator.getRecentValues('a'), aggregator.names()]).toEqual([0, [], ['a']]);
  });

  test('is used again after an idle gap', () => {
    const clock = new ManualClock();
    const aggregator = filled([1, 2], { windowMaxAgeMillis: 1000, clock });
    clock.advance(1e12);
    aggregator.addMetric('a', 3);
    expect(aggregator.getStats('a')).toMatchObject({ count: 1, seen: 3, average: 3 });
  });
});

describe('merging', () => {
  test('loses no value and leaves its arguments alone', () => {
    const first = filled([1, 2, 3], { windowSize: 3 });
    const second = filled([4, 5], { windowSize: 2 });
    second.addMetric('b', 6);
    const merged = MetricsAggregator.merge(first, second);
    expect(merged.windowSize).toBe(5);
    expect(merged.getRecentValues('a')).toEqual([1, 2, 3, 4, 5]);
    expect(merged.getStats('b')).toMatchObject({ count: 1, total: 6 });
    merged.addMetric('a', 7);
    expect([first.count('a'), second.count('a'), second.names()]).toEqual([3, 2, ['a', 'b']]);
  });

  test('puts values in order of time where all have an age, and keeps the longest age', () => {
    const clock = new ManualClock();
    const first = new MetricsAggregator({ windowMaxAgeMillis: 100, clock });
    const second = new MetricsAggregator({ windowMaxAgeMillis: 1000, clock });
    [1, 2, 3, 4].forEach((value, i) => {
      (i % 2 === 0 ? first : second).addMetric('a', value);
      clock.advance(10);
    });
    const merged = MetricsAggregator.merge(second, first);
    expect(merged.getRecentValues('a')).toEqual([1, 2, 3, 4]);
    clock.advance(500);
    expect(merged.count('a')).toBe(4);
  });

  test('of the largest windows is possible', () => {
    const largest = filled([1], { windowSize: 2 ** 30 });
    expect(MetricsAggregator.merge(largest, filled([2], { windowSize: 2 ** 30 })).getRecentValues('a')).toEqual([1, 2]);
  });
});

test('clear forgets everything', () => {
  const aggregator = filled([1]);
  aggregator.clear();
  expect([aggregator.getStats('a'), aggregator.names(), aggregator.getAllStats().size]).toEqual([undefined, [], 0]);
});

describe('bad arguments throw, naming option and bound', () => {
  test.each([
    [{ windowSize: 0 }, 'windowSize must be an integer from 1 to 1073741824, not 0'],
    [{ windowSize: 1.5 }, 'windowSize must be an integer from 1 to 1073741824, not 1.5'],
    [{ windowMaxAgeMillis: 0 }, /^windowMaxAgeMillis must be a number from /],
    [{ windowMaxAgeMillis: NaN }, /^windowMaxAgeMillis must be a number from /],
  ])('%p', (options, message) => {
    expect(() => new MetricsAggregator(options)).toThrow(RangeError);
    expect(() => new MetricsAggregator(options)).toThrow(message);
  });

  test.each([-1, 100.1, NaN])('percentile %p, also while the window is empty', (p) => {
    expect(() => new MetricsAggregator().getStats('a', [p])).toThrow(RangeError);
    expect(() => new MetricsAggregator().getAllStats([p])).toThrow(/^percentiles must be numbers from 0 to 100/);
  });
});
