import { describe, expect, test } from '@jest/globals';
import { unixSeconds } from '../../src/model/clock.ts';
import { typeOfForeignInstrument } from '../../src/model/instrument-mapping.ts';
import { MetricType, parseMetricType } from '../../src/model/metric-type.ts';

test.each(Object.values(MetricType))('%s is read in any case', (type) => {
  expect([type, type.toUpperCase(), `${type[0]!.toUpperCase()}${type.slice(1)}`].map(parseMetricType)).toEqual([type, type, type]);
});

test.each(['', 'times', 'toString', ' time'])('%p names no type', (word) => expect(parseMetricType(word)).toBeUndefined());

describe("the type of other libraries' instruments", () => {
  test.each([
    [true, 's', 'counter'],
    [false, 's', 'time'],
    [false, 'ms', 'time'],
    [false, 'By', 'memory'],
    [false, 'KiBy', 'memory'],
    [false, '1', 'ratio'],
    [false, '%', 'percentage'],
    [false, '{request}/s', 'throughput'],
    [false, 'By/s', 'throughput'],
    [false, '{request}', 'custom'],
    [false, '', 'custom'],
  ])('monotonic sum: %p, unit %p: %s', (monotonic, unit, type) => expect(typeOfForeignInstrument(monotonic, unit)).toBe(type));
});

test('timestamps keep microseconds', () => {
  expect(unixSeconds({ timeOrigin: 1_767_225_600_000 }, 1234.5678)).toBe(1_767_225_601.234568);
});
