import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SlabCache } from '../../src/allocate/slab-cache.ts';
import { slabClasses } from '../../src/allocate/slab-classes.ts';

const [KIND] = slabClasses(4096, 4096).filter(({ slots }) => slots === 7);

describe('SlabCache', () => {
  it('keeps lists, counts and slots in agreement, and at most one run that is all free', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 100_000 }), { maxLength: 200 }), (picks) => {
        const cache = new SlabCache(KIND!);
        /** What was asked for, by run and slot. */
        const runs = new Map<number, Map<number, number>>();
        let pages = 0;
        for (const pick of picks) {
          const live = [...runs].flatMap(([run, slots]) => [...slots.keys()].map((slot) => [run, slot] as const));
          // More often taken at first, and freed then, so that there are many runs that become empty.
          if (live.length === 0 || pick % 100 < 100 - runs.size * 10) {
            const run = cache.first < 0 ? cache.add(pages++ * 4) : cache.first;
            if (!runs.has(run)) runs.set(run, new Map());
            const slot = cache.take(run, pick + 1);
            expect(runs.get(run)!.has(slot)).toBe(false);
            runs.get(run)!.set(slot, pick + 1);
          } else {
            const [run, slot] = live[pick % live.length]!;
            runs.get(run)!.delete(slot);
            if (cache.release(run, slot)) {
              expect(runs.get(run)!.size).toBe(0);
              cache.remove(run);
              runs.delete(run);
            }
          }
          expectAgreement(cache, runs);
        }
      }),
    );
  });

  it('uses the numbers of runs again', () => {
    const cache = new SlabCache(KIND!);
    const numbers = new Set<number>();
    for (let page = 0; page < 100; page++) {
      const run = cache.add(page);
      numbers.add(run);
      expect(cache.pageOf(run)).toBe(page);
      cache.release(run, cache.take(run, 1));
      expect(cache.empty).toBe(run);
      cache.remove(run);
      expect([cache.empty, cache.first]).toEqual([-1, -1]);
    }
    expect(numbers.size).toBe(1);
  });
});

function expectAgreement(cache: SlabCache, runs: ReadonlyMap<number, ReadonlyMap<number, number>>): void {
  const { slots, starts } = KIND!;
  const free: number[] = [];
  for (const [run, live] of runs) {
    for (let slot = 0; slot < slots; slot++) {
      expect(cache.requestedOf(run, slot)).toBe(live.get(slot) ?? 0);
      expect(cache.slotAt(run, starts[slot]!)).toBe(live.has(slot) ? slot : -1);
      expect(cache.slotAt(run, starts[slot]! + 1)).toBe(-1);
      if (!live.has(slot)) free.push(cache.sizeOf(slot));
    }
  }
  expect([...cache.freeSizes()].toSorted((a, b) => a - b)).toEqual(free.toSorted((a, b) => a - b));
  const empty = [...runs].filter(([, live]) => live.size === 0).map(([run]) => run);
  expect(empty.length === 0 ? [-1] : empty).toEqual([cache.empty]);
  expect(cache.first >= 0).toBe(free.length > 0);
}
