import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { putField, putNumber, TOO_LONG, WIDEST_FIELD } from '../../src/text/page/number-field.ts';

const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.nat(1_000),
  fc.constantFrom(
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    1e21,
    1e-7,
    5e-324,
    -Number.MAX_VALUE,
    1.2345678901234567e-100,
  ),
);

function textOf(value: number): string {
  return value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : `${value}`;
}

test('a number stands at the right end of its field, and nothing beside the field is touched', () => {
  fc.assert(
    fc.property(number, fc.nat(30), fc.nat(5), (value, width, at) => {
      const bytes = Buffer.alloc(at + width + 3, '#');
      const length = putNumber(bytes, at, width, value);
      const text = textOf(value);
      expect(bytes.toString('latin1', 0, at)).toBe('#'.repeat(at));
      expect(bytes.toString('latin1', at + width)).toBe('###');
      if (text.length > width) expect(length).toBe(TOO_LONG);
      else {
        expect(length).toBe(text.length);
        expect(bytes.toString('latin1', at, at + width)).toBe(text.padStart(width));
      }
    }),
    { numRuns: 5_000 },
  );
});

test('a new field is exact, or has room for more digits', () => {
  fc.assert(
    fc.property(number, (value) => {
      const bytes = Buffer.alloc(WIDEST_FIELD);
      const exact = putField(bytes, 0, value, true);
      expect(bytes.toString('latin1', 0, exact)).toBe(textOf(value));
      const width = putField(bytes, 0, value, false);
      expect(width).toBeGreaterThanOrEqual(exact + 2);
      expect(width).toBeLessThanOrEqual(WIDEST_FIELD);
      expect(bytes.toString('latin1', 0, width)).toBe(textOf(value).padStart(width));
    }),
    { numRuns: 5_000 },
  );
});
