import { describe, expect, test } from '@jest/globals';
import { ItemSampler } from '../../src/observe/item-sampler.ts';

/** How many of the items at these times are chosen. */
function chosenOf(sampler: ItemSampler, times: Iterable<number>): number[] {
  return [...times].filter((now) => sampler.chooses(now));
}

function* steady(perSecond: number, seconds: number, from = 0): Generator<number> {
  for (let i = 0; i < perSecond * seconds; i++) yield from + (i * 1e3) / perSecond;
}

describe('the sampler of items', () => {
  test.each([1, 10, 500, 990])('chooses all of %p a second', (rate) => {
    expect(chosenOf(new ItemSampler(1000), steady(rate, 10)).length).toBe(rate * 10);
  });

  test.each([3000, 50_000, 1_000_000])('chooses about a thousand of %p a second', (rate) => {
    const perSecond = chosenOf(new ItemSampler(1000), steady(rate, 3)).length / 3;
    expect(perSecond).toBeGreaterThan(500);
    expect(perSecond).toBeLessThan(1500);
  });

  test('chooses all again when the rate falls', () => {
    const sampler = new ItemSampler(1000);
    chosenOf(sampler, steady(1_000_000, 1));
    chosenOf(sampler, steady(100, 1, 1000));
    expect(chosenOf(sampler, steady(100, 1, 2000)).length).toBe(100);
  });

  test('has no favourite place in batches', () => {
    const sampler = new ItemSampler(1000);
    const places = new Array<number>(8).fill(0);
    let place = 0;
    for (const now of steady(100_000, 40))
      if (sampler.chooses(now) && now > 1000) places[place++ % 8]!++;
      else place++;
    const mean = places.reduce((sum, count) => sum + count) / 8;
    // Of some 40,000 the standard deviation of each is below 70: these are ten of them.
    for (const count of places) expect(Math.abs(count - mean)).toBeLessThan(700);
  });
});
