import { describe, expect, test } from '@jest/globals';
import { PacedSampling } from '../../src/observe/sampling.ts';

/** How many operations of `every` milliseconds each are timed. */
function timed(sampling: PacedSampling, operations: number, every: number, from = 0): number {
  let count = 0;
  let until = 1;
  for (let i = 0; i < operations; i++) {
    if (--until > 0) continue;
    count++;
    until = sampling.next(from + i * every);
  }
  return count;
}

describe('paced sampling', () => {
  test('times every operation while there is one in a millisecond or fewer', () => {
    expect(timed(new PacedSampling(), 1000, 1)).toBe(1000);
    expect(timed(new PacedSampling(), 1000, 60_000)).toBe(1000);
  });

  test('comes to about one in a millisecond when there are many', () => {
    for (const every of [0.3, 0.1, 0.01, 0.001]) {
      const millis = 2000;
      const count = timed(new PacedSampling(), millis / every, every);
      expect(count).toBeGreaterThan(millis * 0.8);
      expect(count).toBeLessThan(millis * 1.2 + 10);
    }
  });

  test('times one in 8192 however many there are', () => {
    expect(timed(new PacedSampling(), 8192 * 100, 1e-6)).toBeGreaterThanOrEqual(100);
  });

  test('is back at every operation soon after a burst', () => {
    const sampling = new PacedSampling();
    timed(sampling, 1e6, 1e-5);
    expect(sampling.next(1e6)).toBe(1);
  });

  test('bears a clock that stands still', () => {
    const sampling = new PacedSampling();
    for (let i = 0; i < 10; i++) expect(sampling.next(5)).toBeLessThanOrEqual(8192);
  });
});
