import { describe, expect, test } from '@jest/globals';
import { goNumberText } from '../../src/export/prometheus/text.ts';

describe('bounds of buckets in the naming of the specification', () => {
  // What strconv.FormatFloat(value, 'g', -1, 64) of Go 1.25 prints.
  test.each([
    [0, '0'],
    [1, '1'],
    [-2.5, '-2.5'],
    [10, '10'],
    [0.1, '0.1'],
    [0.0001, '0.0001'],
    [0.00025, '0.00025'],
    [0.000099, '9.9e-05'],
    [0.000025, '2.5e-05'],
    [0.000001, '1e-06'],
    [0.0000025, '2.5e-06'],
    [1e-9, '1e-09'],
    [-1e-7, '-1e-07'],
    [999_999, '999999'],
    [123_456, '123456'],
    [1_000_000, '1e+06'],
    [1_234_567.5, '1.2345675e+06'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
  ])('%p is spelled as the Collector does: %s', (value, text) => {
    expect(goNumberText(value)).toBe(text);
    expect(Number(text)).toBe(value);
  });
});
