import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TlsfBlocks } from '../../src/allocate/tlsf-blocks.ts';

const UNITS = 3000;

describe('TlsfBlocks', () => {
  it('lists exactly the blocks that the tags call free, under what they are found by', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ units: fc.integer({ min: 1, max: 400 }), pick: fc.nat() }), { maxLength: 150 }), (steps) => {
        const blocks = new TlsfBlocks(UNITS, 1024);
        const live: number[] = [];
        for (const { units, pick } of steps) {
          const found = pick % 3 === 0 ? -1 : blocks.find(units);
          if (found >= 0) {
            blocks.take(found, units, units);
            live.push(found);
          } else if (live.length > 0) blocks.release(live.splice(pick % live.length, 1)[0]!);
          expectListed(blocks, live);
        }
      }),
    );
  });
});

function expectListed(blocks: TlsfBlocks, live: readonly number[]): void {
  const all = [...blocks.blocks()];
  const free = all.filter((block) => !blocks.isLive(block));
  expect([...blocks.free()].toSorted((a, b) => a - b)).toEqual(free);
  expect(all.filter((block) => blocks.isLive(block))).toEqual(live.toSorted((a, b) => a - b));
  expect(all.reduce((sum, block) => sum + blocks.unitsOf(block), 0)).toBe(UNITS);
  const largest = Math.max(0, ...free.map((block) => blocks.unitsOf(block)));
  // The bitmaps lead to a block of each size that there is, and to none beyond.
  for (const block of free) expect(blocks.unitsOf(blocks.find(blocks.unitsOf(block)))).toBeGreaterThanOrEqual(blocks.unitsOf(block));
  expect(blocks.find(largest + 1)).toBe(-1);
  for (const block of live) expect(blocks.noteOf(block)).toBe(blocks.unitsOf(block));
}
