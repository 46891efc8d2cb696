import { describe, expect, test } from '@jest/globals';
import { bar, sparkline } from '../../src/top/trend.ts';

describe('a sparkline', () => {
  test('has a block of one to eight eighths for each value between 0 and the greatest', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], 9)).toBe('▁▁▂▃▄▅▆▇█');
  });

  test('has the last values, the newest at the right', () => {
    expect(sparkline([8, 8, 1, 8], 2)).toBe('▁█');
    expect(sparkline([8], 3)).toBe('  █');
  });

  test('has a space where a value is not known', () => {
    expect(sparkline([1, undefined, NaN, Infinity, 1], 5)).toBe('█   █');
  });

  test('is at its least where all is 0', () => expect(sparkline([0, 0], 2)).toBe('▁▁'));

  test('reaches from the least value where that is negative', () => {
    expect(sparkline([-4, 0, 4], 3)).toBe('▁▄█');
    expect(sparkline([-1.7e308, 1.7e308], 2)).toBe('▁█');
  });

  test('of nothing is empty', () => expect(sparkline([], 3)).toBe('   '));
});

describe('a bar', () => {
  test.each([
    [0, '[        ]'],
    [0.5, '[████    ]'],
    [1, '[████████]'],
    [1 / 64, '[▏       ]'],
    [7, '[████████]'],
    [-1, '[        ]'],
    [undefined, '[?       ]'],
    [NaN, '[?       ]'],
  ])('of %p is %p', (share, text) => expect(bar(share, 10)).toBe(text));
});
