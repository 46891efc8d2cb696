import { describe, expect, test } from '@jest/globals';
import { checkBoundaries, checkInteger, checkNumber } from '../../src/model/options.ts';

describe('an option out of its bounds', () => {
  test.each([0, 11, 1.5, NaN, Infinity, '5' as unknown as number])('an integer option refuses %p', (value) => {
    expect(() => checkInteger('windowSize', value, 1, 10)).toThrow(RangeError);
    expect(() => checkInteger('windowSize', value, 1, 10)).toThrow(/^windowSize must be an integer from 1 to 10, not /);
  });

  test('an integer option without an upper bound names the lower one', () => {
    expect(() => checkInteger('maxNames', 0, 1)).toThrow('maxNames must be an integer of at least 1, not 0');
  });

  test.each([-0.1, 1.1, NaN, '1' as unknown as number])('a number option refuses %p', (value) => {
    expect(() => checkNumber('sampleRatio', value, 0, 1)).toThrow(RangeError);
    expect(() => checkNumber('sampleRatio', value, 0, 1)).toThrow(/^sampleRatio must be a number from 0 to 1, not /);
  });

  test('bounds are included, and infinity is one where the option has no other', () => {
    expect([checkInteger('a', 1, 1, 10), checkInteger('a', 10, 1, 10), checkNumber('b', Infinity, 0)]).toEqual([1, 10, Infinity]);
  });

  test.each([[[]], [[1, 1]], [[2, 1]], [[1, NaN]], [[1, Infinity]], ['1,2' as unknown as number[]]])('boundaries refuse %p', (bounds) => {
    expect(() => checkBoundaries('timeBoundaries', bounds)).toThrow(/^timeBoundaries must be finite numbers in strictly rising order/);
  });

  test('boundaries are copied', () => {
    const bounds = [1, 2];
    const checked = checkBoundaries('timeBoundaries', bounds);
    bounds.push(0);
    expect(checked).toEqual([1, 2]);
  });
});
