import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { classOf, classWithRoom, OCTAVES, PARTS } from '../../src/allocate/tlsf-classes.ts';

const units = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  fc.integer({ min: 1, max: 200 }),
  fc.integer({ min: 0, max: 30 }).map((k) => 2 ** k),
);

describe('TLSF classes', () => {
  it('rise with the size, one for each of the smallest', () => {
    expect(Array.from({ length: 32 }, (_, i) => classOf(i))).toEqual(Array.from({ length: 32 }, (_, i) => i));
    fc.assert(fc.property(units, units, (a, b) => a > b || classOf(a) <= classOf(b)));
    expect(classOf(2 ** 31 - 1)).toBe(OCTAVES * PARTS - 1);
  });

  it('are a 16th of an octave wide', () => {
    fc.assert(fc.property(units, (n) => n < 32 || classOf(n) - classOf(Math.floor(n / 2)) === PARTS));
  });

  it('all blocks of the class with room have room, and none of the one below but the size itself is missed', () => {
    fc.assert(
      fc.property(units, units, (n, block) => {
        if (classOf(block) >= classWithRoom(n)) expect(block).toBeGreaterThanOrEqual(n);
        expect(classWithRoom(n) - classOf(n)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
