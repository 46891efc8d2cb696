import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { computeStats } from '../../src/window/statistics.ts';
import { momentsOfIntegers, percentileBySorting } from './reference.ts';

const anyDouble = fc.double({ noNaN: true, noDefaultInfinity: true });
const plainDouble = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
// Few distinct values make ties, which selection must get right.
const tied = fc.constantFrom(-1, 0, 1, 2);
const thousand = fc.integer({ min: -1000, max: 1000 });
const percentile = fc.oneof(fc.constantFrom(0, 50, 90, 99, 100), fc.double({ min: 0, max: 100, noNaN: true }));

function statsOf(values: readonly number[], percentiles: readonly number[] = []) {
  return computeStats(Float64Array.from(values), values.length, values.length, values.at(-1) ?? NaN, percentiles);
}

describe('statistics of any values', () => {
  test('percentiles equal those of sorting and interpolating', () => {
    const values = fc.oneof(fc.array(plainDouble, { minLength: 1, maxLength: 300 }), fc.array(tied, { minLength: 1, maxLength: 300 }));
    fc.assert(
      fc.property(values, fc.array(percentile, { minLength: 1, maxLength: 6 }), (all, ps) => {
        const { percentiles } = statsOf(all, ps);
        for (const p of ps) expect(percentiles[`p${p}`]).toBeCloseTo(percentileBySorting(all, p), 4);
      }),
    );
  });

  test('percentiles at whole ranks are values that were added', () => {
    fc.assert(
      fc.property(fc.array(anyDouble, { minLength: 1, maxLength: 100 }), (all) => {
        const { percentiles, min, max } = statsOf(all, [0, 100]);
        // 0 and -0 are one rank: either may stand for both.
        expect([percentiles['p0'] === min, percentiles['p100'] === max]).toEqual([true, true]);
        expect([min, max]).toEqual([all.reduce((a, b) => (b < a ? b : a)), all.reduce((a, b) => (b > a ? b : a))]);
      }),
    );
  });

  test('total, average and deviation equal exact arithmetic on integers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 300 }), (all) => {
        const { total, average, stdDev } = statsOf(all);
        const exact = momentsOfIntegers(all);
        expect([total, average]).toEqual([exact.total, exact.average]);
        expect(stdDev).toBeCloseTo(exact.stdDev, 6);
      }),
    );
  });

  test('the average lies between least and greatest, no percentile leaves that range, and nothing is ever NaN', () => {
    fc.assert(
      fc.property(fc.array(anyDouble, { minLength: 1, maxLength: 50 }), fc.array(percentile), (all, ps) => {
        const { total, average, min, max, stdDev, percentiles } = statsOf(all, ps);
        for (const value of [average!, ...Object.values(percentiles)]) expect(value >= min! && value <= max!).toBe(true);
        expect([total, stdDev].some(Number.isNaN)).toBe(false);
        expect(stdDev).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('the deviation follows the scale of the values, however large or small', () => {
    fc.assert(
      fc.property(fc.array(thousand, { minLength: 1, maxLength: 50 }), thousand, (all, exponent) => {
        const scale = 2 ** exponent;
        const { stdDev } = statsOf(all.map((value) => value * scale));
        expect(stdDev! / scale).toBeCloseTo(momentsOfIntegers(all).stdDev, 6);
      }),
    );
  });
});

test('a large total keeps the small values that it was made of', () => {
  const values = [1e16, ...Array.from({ length: 1000 }, () => 1), -1e16];
  expect(statsOf(values).total).toBe(1000);
});

test('equal values have no deviation', () => {
  expect(statsOf(Array.from({ length: 10 }, () => 0.1))).toMatchObject({ average: 0.1, stdDev: 0, min: 0.1, max: 0.1 });
});
