import { describe, expect, test } from '@jest/globals';
import type { Bucket } from '@otel-perf/metrics';
import fc from 'fast-check';
import { percentilesOfBuckets } from '../../src/read/bucket-percentiles.ts';

const BOUNDS = [-10, 0, 1, 5, 100];
const values = fc.array(fc.double({ min: -20, max: 500, noNaN: true }), { minLength: 1, maxLength: 50 });

function bucketsOf(all: readonly number[]): Bucket[] {
  return [...BOUNDS, Infinity].map((upper, i) => {
    const lower = BOUNDS[i - 1] ?? -Infinity;
    return { lower, upper, count: all.filter((value) => value > lower && value <= upper).length };
  });
}

describe('percentiles of buckets whose extremes are known', () => {
  test('lie between these, and rise', () => {
    fc.assert(
      fc.property(values, (all) => {
        const [min, max] = [Math.min(...all), Math.max(...all)];
        const { p50, p95, p99 } = percentilesOfBuckets(bucketsOf(all), { min, max });
        expect(p50).toBeGreaterThanOrEqual(min);
        expect(p95).toBeGreaterThanOrEqual(p50!);
        expect(p99).toBeGreaterThanOrEqual(p95!);
        expect(p99).toBeLessThanOrEqual(max);
      }),
    );
  });

  test('lie in the buckets that they lie in without', () => {
    fc.assert(
      fc.property(values, (all) => {
        const buckets = bucketsOf(all);
        const bounded = percentilesOfBuckets(buckets, { min: Math.min(...all), max: Math.max(...all) });
        const free = percentilesOfBuckets(buckets);
        for (const key of ['p50', 'p95', 'p99'] as const) {
          const both = [bounded[key]!, free[key]!];
          const isThere = ({ lower, upper, count }: Bucket): boolean =>
            count > 0 && both.every((value) => value >= lower && value <= upper);
          expect(buckets.some(isThere)).toBe(true);
        }
      }),
    );
  });

  test('reach into the bucket without an upper bound', () => {
    const buckets = [
      { lower: -Infinity, upper: 10, count: 0 },
      { lower: 10, upper: Infinity, count: 4 },
    ];
    expect(percentilesOfBuckets(buckets)).toEqual({ p50: 10, p95: 10, p99: 10 });
    expect(percentilesOfBuckets(buckets, { max: 30 })).toEqual({ p50: 20, p95: 29, p99: 29.8 });
    expect(percentilesOfBuckets(buckets, { min: 20, max: 30 })).toEqual({ p50: 25, p95: 29.5, p99: 29.9 });
  });

  test('are as without, where the extremes are those of nothing that was counted', () => {
    const buckets = [{ lower: 1, upper: 2, count: 4 }];
    for (const extremes of [{ min: 3 }, { max: 0.5 }, { min: 3, max: 0.5 }, { min: -Infinity, max: Infinity }])
      expect(percentilesOfBuckets(buckets, extremes)).toEqual(percentilesOfBuckets(buckets));
  });
});
