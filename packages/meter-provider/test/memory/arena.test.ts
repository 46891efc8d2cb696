import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Arena, NO_ROOM, PAGE } from '../../src/memory/arena.ts';

const SMALL = 32 * PAGE;

describe('Arena.create', () => {
  it.each([0, -1, 1.5, Number.NaN, PAGE, 2 ** 31 + 1])('refuses to reserve %d bytes, and names the option', (bytes) => {
    expect(() => Arena.create(bytes)).toThrow(/^reserveBytes must be an integer from \d+ to 2147483648, not /);
  });

  it('rounds up to whole pages', () => {
    expect(Arena.create(SMALL - PAGE + 1).buffer.byteLength).toBe(SMALL);
  });
});

describe('Arena', () => {
  it('is taken up by its buffer', () => {
    const arena = Arena.create(SMALL);
    const left = arena.bytesLeft;
    arena.allocate(1);
    expect(new Arena(arena.buffer).bytesLeft).toBe(left - PAGE);
  });

  it('refuses a buffer that is none', () => {
    expect(() => new Arena(new SharedArrayBuffer(SMALL))).toThrow(TypeError);
  });

  it('gives out memory that is zero, whole pages of it, and none of it twice', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 * PAGE }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const arena = Arena.create(SMALL);
        const taken = new Set<number>();
        for (const size of sizes) {
          const before = arena.bytesLeft;
          const at = arena.allocate(size);
          const pages = Math.ceil(size / PAGE);
          if (at === NO_ROOM) {
            expect(before).toBeLessThan(pages * PAGE);
            expect(arena.bytesLeft).toBe(before);
            continue;
          }
          expect(arena.bytesLeft).toBe(before - pages * PAGE);
          expect(at + pages * PAGE).toBeLessThanOrEqual(arena.buffer.byteLength);
          for (let page = at / PAGE; page < at / PAGE + pages; page++) {
            expect(taken.has(page)).toBe(false);
            taken.add(page);
          }
          expect(arena.bytes.subarray(at, at + size).every((byte) => byte === 0)).toBe(true);
          arena.bytes.fill(1, at, at + pages * PAGE);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has a cache line of its own for each thread', () => {
    const arena = Arena.create(SMALL);
    expect((arena.threadWord(1, 0) - arena.threadWord(0, 0)) * 4).toBe(64);
    expect((arena.threadWord(0, 0) * 4) % 64).toBe(0);
  });
});
