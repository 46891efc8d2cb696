import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { thin } from '../../src/page/document/thin.ts';

const events = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 500 }).map((list) => ({
  times: Float64Array.from(list, (_, i) => i),
  values: Float64Array.from(list),
}));

describe('events that are thinned out', () => {
  test('are events, in their order, no more than asked for, with the extremes and both ends', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 4, max: 200 }), ({ times, values }, most) => {
        const thinned = thin({ times, values }, most);
        expect(thinned.of).toBe(values.length);
        expect(thinned.times.length).toBeLessThanOrEqual(most);
        expect(thinned.times).toEqual(thinned.times.toSorted((a, b) => a - b));
        expect(thinned.values).toEqual(thinned.times.map((time) => values[time]));
        expect(Math.max(...thinned.values)).toBe(Math.max(...values));
        expect(Math.min(...thinned.values)).toBe(Math.min(...values));
        expect([thinned.times[0], thinned.times.at(-1)]).toEqual([0, values.length - 1]);
      }),
    );
  });

  test('are all there where they are few', () => {
    fc.assert(
      fc.property(events, ({ times, values }) => {
        expect(thin({ times, values }, 500)).toEqual({ of: values.length, times: [...times], values: [...values] });
      }),
    );
  });
});
