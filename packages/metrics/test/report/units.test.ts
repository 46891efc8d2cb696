import { expect, test } from '@jest/globals';
import { formatCount, formatValue } from '../../src/report/units.ts';

test.each<[number | undefined, string, string]>([
  [0.00125, 's', '1.25 ms'],
  [0.9999, 's', '1 s'],
  [0.99999e-3, 's', '1 ms'],
  [2.5e-7, 's', '250 ns'],
  [90, 's', '1.5 min'],
  [7200, 's', '2 h'],
  [1500, 'ms', '1.5 s'],
  [2, 'd', '48 h'],
  [0, 's', '0 ns'],
  [1023, 'By', '1023 B'],
  [3.1 * 1024 ** 2, 'By', '3.1 MiB'],
  [-2048, 'By', '-2 KiB'],
  [2, 'KiBy', '2 KiB'],
  [12_400, '{item}/s', '12.4k ops/s'],
  [9990, '{item}/s', '9990 ops/s'],
  [0.5, '{item}/s', '0.5 ops/s'],
  [85, '%', '85 %'],
  [0.853_21, '1', '0.853'],
  [1_234_567, '', '1.23M'],
  [0.000_012, '', '1.20e-5'],
  [0, '', '0'],
  [NaN, 's', '–'],
  [Infinity, '', '–'],
  [undefined, 'By', '–'],
])('%p in %p prints as %p', (value, unit, text) => expect(formatValue(value, unit)).toBe(text));

test.each([Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 9.99e32, 123_456_789, -1e-9])('%p is never long', (value) => {
  for (const unit of ['s', 'By', '{item}/s', '%', '1', '']) expect(formatValue(value, unit).length).toBeLessThanOrEqual(17);
});

test('counts have their thousands apart', () => {
  expect([0, 999, 1000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
});
