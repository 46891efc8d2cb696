import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { explicitBuckets, exponentialBuckets, percentileOfBuckets } from '../../src/model/buckets.ts';

const boundaries = fc
  .uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 12 })
  .map((bounds) => bounds.sort((a, b) => a - b));
const values = fc.array(fc.integer({ min: -1500, max: 1500 }), { minLength: 1 });

test('explicit buckets cover every number once', () => {
  fc.assert(
    fc.property(boundaries, fc.double({ noNaN: true, noDefaultInfinity: true, min: -2000, max: 2000 }), (bounds, value) => {
      const buckets = explicitBuckets({ boundaries: bounds, counts: [...bounds, 0].map(() => 1) });
      expect(buckets.filter(({ lower, upper }) => lower < value && value <= upper)).toHaveLength(1);
    }),
  );
});

test('a percentile of buckets lies in the bucket of the true value', () => {
  fc.assert(
    fc.property(boundaries, values, fc.integer({ min: 1, max: 100 }), (bounds, all, p) => {
      const counts = Array.from({ length: bounds.length + 1 }, () => 0);
      const bucketOf = (value: number) => (bounds.findIndex((bound) => value <= bound) + counts.length) % counts.length;
      for (const value of all) counts[bucketOf(value)]!++;
      const buckets = explicitBuckets({ boundaries: bounds, counts });
      // The value of which at least p percent are no larger, as the definition over buckets has it.
      const truth = [...all].sort((a, b) => a - b)[Math.ceil((p / 100) * all.length - 1e-9) - 1]!;
      const { lower, upper } = buckets[bucketOf(truth)]!;
      const estimate = percentileOfBuckets(buckets, p)!;
      expect(estimate).toBeGreaterThanOrEqual(lower === -Infinity ? Math.min(0, upper) : lower);
      expect(estimate).toBeLessThanOrEqual(upper);
      expect(Number.isFinite(estimate)).toBe(true);
    }),
  );
});

test('percentiles rise with the rank', () => {
  fc.assert(
    fc.property(
      boundaries,
      fc.array(fc.nat(20), { minLength: 13, maxLength: 13 }),
      fc.tuple(fc.nat(100), fc.nat(100)),
      (bounds, counts, [p, q]) => {
        const buckets = explicitBuckets({ boundaries: bounds, counts: counts.slice(0, bounds.length + 1) });
        fc.pre(buckets.some(({ count }) => count > 0));
        expect(percentileOfBuckets(buckets, Math.min(p, q))!).toBeLessThanOrEqual(percentileOfBuckets(buckets, Math.max(p, q))!);
      },
    ),
  );
});

test('nothing counted has no percentile', () => {
  expect(percentileOfBuckets([], 50)).toBeUndefined();
  expect(percentileOfBuckets([{ lower: 0, upper: 1, count: 0 }], 50)).toBeUndefined();
});

test('exponential buckets rise, mirror negatives and leave empty ones out', () => {
  const buckets = exponentialBuckets({
    scale: 0,
    zeroCount: 5,
    positive: { offset: 1, bucketCounts: [1, 0, 2] },
    negative: { offset: -1, bucketCounts: [3, 4] },
  });
  expect(buckets).toEqual([
    { lower: -2, upper: -1, count: 4 },
    { lower: -1, upper: -0.5, count: 3 },
    { lower: 0, upper: 0, count: 5 },
    { lower: 2, upper: 4, count: 1 },
    { lower: 8, upper: 16, count: 2 },
  ]);
});
