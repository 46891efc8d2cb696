import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { histogramOf } from '../../src/page/document/histogram.ts';

const values = fc.array(fc.double({ noDefaultInfinity: false }), { maxLength: 300 }).map((list) => Float64Array.from(list));

describe('a histogram of values', () => {
  test('has each finite value in the bin that it belongs to', () => {
    fc.assert(
      fc.property(values, (all) => {
        const finite = all.filter(Number.isFinite);
        const bins = histogramOf(all);
        const belongs = (value: number, i: number): boolean =>
          (value > bins[i]!.lower || (i === 0 && value === bins[0]!.lower)) && value <= bins[i]!.upper;
        expect(bins.map(({ count }) => count)).toEqual(bins.map((_, i) => finite.filter((value) => belongs(value, i)).length));
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(finite.length);
      }),
    );
  });

  test('has bins that touch, from the smallest value to the largest', () => {
    fc.assert(
      fc.property(values, (all) => {
        const finite = all.filter(Number.isFinite);
        const bins = histogramOf(all);
        expect(bins.length).toBeLessThanOrEqual(40);
        if (finite.length === 0) expect(bins).toEqual([]);
        else expect([bins[0]!.lower, bins.at(-1)!.upper]).toEqual([finite.toSorted()[0], finite.toSorted().at(-1)]);
        for (let i = 1; i < bins.length; i++) expect(bins[i]!.lower).toBe(bins[i - 1]!.upper);
      }),
    );
  });

  test('grows with the values where they are far apart, and is even where they are not', () => {
    const widths = (all: number[]): number[] => histogramOf(Float64Array.from(all)).map(({ lower, upper }) => upper - lower);
    const near = widths([1, 2, 3, 4, 6]);
    expect(Math.max(...near)).toBeCloseTo(Math.min(...near), 9);
    const far = widths([0.001, 0.01, 0.1, 1, 10]);
    expect(far.at(-1)! / far[0]!).toBeGreaterThan(100);
  });
});
