import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_NUMBER_BYTES, TimestampWriter, writeNumber } from '../../../src/export/encode/number.ts';
import { Page } from '../../../src/export/encode/page.ts';

const page = new Page(64);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const billionths = fc.maxSafeInteger().map((n) => n / 1e9);
const ofAnySize = fc
  .tuple(fc.integer({ min: 0, max: 53 }), fc.double({ min: 0.5, max: 1, noNaN: true }))
  .map(([bits, x]) => Math.floor(x * 2 ** bits));

function text(value: number): string {
  const end = writeNumber(page, 3, value);
  expect(end - 3).toBeLessThanOrEqual(MAX_NUMBER_BYTES);
  return page.bytes.toString('latin1', 3, end);
}

describe('a number that was written', () => {
  test.each([
    ['any double', finite],
    ['billionths', billionths],
    ['whole numbers', fc.maxSafeInteger()],
    ['whole numbers of any size', ofAnySize],
    ['billionths of any size', ofAnySize.map((n) => -n / 1e9)],
    ['neighbours of billionths', billionths.map((x) => x + x * Number.EPSILON)],
  ])('reads back as the same double: %s', (_, numbers) => {
    fc.assert(
      fc.property(numbers, (value) => {
        expect(JSON.parse(text(value))).toBe(value);
        expect(Number(text(value))).toBe(value);
      }),
      { numRuns: 2000 },
    );
  });

  test('has no exponent as far as it is a whole number of billionths', () => {
    fc.assert(fc.property(billionths, (value) => expect(text(value)).toMatch(/^-?\d+(\.\d*[1-9])?$/)));
  });

  test.each([
    [0, '0'],
    [-0, '-0'],
    [1e-9, '0.000000001'],
    [-0.25, '-0.25'],
    [1000, '1000'],
    [1_000_000_000, '1000000000'],
    [8_388_607.999999999, '8388607.999999999'],
    [9_007_199_254_740_991, '9007199254740991'],
    [-1e21, '-1e+21'],
    [5e-324, '5e-324'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
  ])('%p is written %s', (value, expected) => {
    expect(text(value)).toBe(expected);
  });
});

describe('a time that was written', () => {
  function written(writer: TimestampWriter, micros: number): string {
    return page.bytes.toString('latin1', 0, writer.write(page, 0, micros));
  }

  test('reads back as the same double, whatever came before it', () => {
    const near = fc.integer({ min: 1_700_000_000_000_000, max: 1_700_000_003_000_000 });
    const times = fc.oneof(near, fc.maxSafeInteger(), fc.integer({ min: 0, max: 3_000_000 }));
    fc.assert(
      fc.property(fc.array(times, { maxLength: 20 }), (all) => {
        const writer = new TimestampWriter();
        for (const micros of all) expect(Number(written(writer, micros))).toBe(micros / 1e6);
      }),
      { numRuns: 500 },
    );
  });

  test('shows seconds, with up to six digits behind the point', () => {
    const writer = new TimestampWriter();
    const texts = [1_767_225_600_000_000, 1_767_225_600_000_001, 1_767_225_600_120_000, 1_767_225_601_000_000].map((t) =>
      written(writer, t),
    );
    expect(texts).toEqual(['1767225600', '1767225600.000001', '1767225600.12', '1767225601']);
  });
});
