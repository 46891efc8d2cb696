import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { classTable, slabClasses } from '../../src/allocate/slab-classes.ts';

const setups = fc.record({ largest: fc.integer({ min: 4, max: 20 }), run: fc.integer({ min: 8, max: 16 }) });

describe('slabClasses', () => {
  it('fill their runs without a gap, in slots that all have room for the size of the class', () => {
    fc.assert(
      fc.property(setups, ({ largest, run }) => {
        for (const { slotSize, slots, runSize, starts } of slabClasses(2 ** largest, 2 ** run)) {
          expect(starts).toHaveLength(slots + 1);
          expect([starts[0], starts[slots]! * 16]).toEqual([0, runSize]);
          const sizes = Array.from({ length: slots }, (_, i) => (starts[i + 1]! - starts[i]!) * 16);
          expect(Math.min(...sizes)).toBe(slotSize);
          expect(Math.max(...sizes) - slotSize).toBeLessThanOrEqual(16);
        }
      }),
    );
  });

  it('have one for each power of two, and are at most a quarter apart, and what 16 bytes come to', () => {
    const sizes = slabClasses(65_536, 4096).map(({ slotSize }) => slotSize);
    for (let power = 16; power <= 65_536; power *= 2) expect(sizes).toContain(power);
    for (const [i, size] of sizes.entries()) {
      if (i > 0) expect(size).toBeLessThanOrEqual((sizes[i - 1]! + 16) * 1.25);
    }
    expect(sizes.filter((size) => size > 32_768)).toHaveLength(4);
  });

  it('waste nothing on powers of two, which slots are aligned to as well', () => {
    for (const { slotSize, starts } of slabClasses(65_536, 4096)) {
      if (Math.log2(slotSize) % 1 === 0) expect([...starts]).toEqual(Array.from(starts, (_, i) => (i * slotSize) / 16));
    }
  });

  it('are found by the table: the smallest that has room', () => {
    fc.assert(
      fc.property(setups, fc.nat(), ({ largest, run }, n) => {
        const classes = slabClasses(2 ** largest, 2 ** run);
        const bytes = (n % 2 ** largest) + 1;
        const found = classes[classTable(classes)[Math.ceil(bytes / 16)]!]!;
        expect(found).toBe(classes.find(({ slotSize }) => slotSize >= bytes));
        expect(classes[found.index]).toBe(found);
      }),
    );
  });
});
