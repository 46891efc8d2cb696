import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { leastSamples, quantileRanks } from '../../src/report/diff/quantile-ranks.ts';

/** P(B <= k) of a binomial B, from binomial coefficients in whole numbers. `share` is a number of hundredths. */
function cumulative(count: number, hundredths: number, k: number): number {
  let sum = 0n;
  let coefficient = 1n;
  for (let i = 0; i <= k; i++) {
    sum += coefficient * BigInt(hundredths) ** BigInt(i) * BigInt(100 - hundredths) ** BigInt(count - i);
    coefficient = (coefficient * BigInt(count - i)) / BigInt(i + 1);
  }
  // Fifteen digits of the quotient.
  return Number((sum * 10n ** 15n) / 100n ** BigInt(count)) / 1e15;
}

test('the interval holds the quantile with 99 %, and no narrower one with equal tails does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.constantFrom(50, 95), (count, hundredths) => {
      const ranks = quantileRanks(count, hundredths / 100);
      if (ranks === undefined) {
        expect(count).toBeLessThan(leastSamples(hundredths / 100));
        return;
      }
      const { low, high } = ranks;
      expect(low).toBeGreaterThanOrEqual(1);
      expect(high).toBeLessThanOrEqual(count);
      expect(cumulative(count, hundredths, low - 1)).toBeLessThanOrEqual(0.005);
      expect(cumulative(count, hundredths, low)).toBeGreaterThan(0.005);
      expect(cumulative(count, hundredths, high - 1)).toBeGreaterThanOrEqual(0.995);
      expect(cumulative(count, hundredths, high - 2)).toBeLessThan(0.995);
    }),
  );
});

test('the least numbers of samples', () => {
  expect([leastSamples(0.5), leastSamples(0.95)]).toEqual([8, 104]);
  expect([quantileRanks(7, 0.5), quantileRanks(8, 0.5)]).toEqual([undefined, { low: 1, high: 8 }]);
  expect([quantileRanks(103, 0.95), quantileRanks(104, 0.95)?.high]).toEqual([undefined, 104]);
});

test('above a thousand samples the ranks go on as below', () => {
  for (const share of [0.5, 0.95]) {
    const [exact, approximate] = [quantileRanks(1000, share)!, quantileRanks(1001, share)!];
    expect(Math.abs(approximate.low - exact.low)).toBeLessThanOrEqual(3);
    expect(Math.abs(approximate.high - exact.high)).toBeLessThanOrEqual(3);
  }
});
