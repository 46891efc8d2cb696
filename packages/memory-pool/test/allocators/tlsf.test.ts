import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TlsfAllocator } from '../../src/allocate/tlsf.ts';
import { NO_BLOCK } from '../../src/index.ts';
import { conformance } from './conformance.ts';

conformance('TlsfAllocator', (options) => new TlsfAllocator(options), { alignment: 256 });
conformance('TlsfAllocator with small units', (options) => new TlsfAllocator({ ...options, unitSize: 8 }));
conformance('TlsfAllocator over several arenas', (options) => new TlsfAllocator({ ...options, unitSize: 64, arenaSize: 32 * 1024 }), {
  // The last arena is shorter.
  size: 112 * 1024,
  alignment: 64,
});

const KIB = 1024;

describe('TlsfAllocator', () => {
  it('never leaves two free blocks side by side in one arena', () => {
    const arenaSize = 16 * KIB;
    fc.assert(
      fc.property(fc.array(fc.record({ bytes: fc.integer({ min: 1, max: arenaSize }), pick: fc.nat() }), { maxLength: 100 }), (steps) => {
        const allocator = new TlsfAllocator({ size: 64 * KIB, unitSize: 64, arenaSize });
        const handles: number[] = [];
        for (const { bytes, pick } of steps) {
          if (pick % 3 === 0 && handles.length > 0) allocator.free(handles.splice(pick % handles.length, 1)[0]!);
          else handles.push(...[allocator.malloc(bytes)].filter((handle) => handle !== NO_BLOCK));
          const blocks = [...allocator.walk()];
          for (const [i, block] of blocks.entries()) {
            expect(Math.floor(block.offset / arenaSize)).toBe(Math.floor((block.offset + block.size - 1) / arenaSize));
            const next = blocks[i + 1];
            if (next === undefined || next.offset % arenaSize === 0) continue;
            expect([block.state, next.state]).not.toEqual(['free', 'free']);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('serves a request exactly where a free block is as large, however full the memory', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 8 * KIB }), { minLength: 30, maxLength: 150 }), fc.nat(), (requests, seed) => {
        const allocator = new TlsfAllocator({ size: 64 * KIB, unitSize: 64 });
        const handles: number[] = [];
        for (const [i, bytes] of requests.entries()) {
          const { largestFreeBytes } = allocator.stats();
          const handle = allocator.malloc(bytes);
          expect(handle !== NO_BLOCK).toBe(bytes <= largestFreeBytes);
          if (handle !== NO_BLOCK) handles.push(handle);
          else for (let k = 0; k < 3; k++) allocator.free(handles.splice((seed + i) % handles.length, 1)[0]!);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('rounds up to the unit, and splits the rest off', () => {
    const allocator = new TlsfAllocator({ size: 64 * KIB, unitSize: 64 });
    const handle = allocator.malloc(65);
    expect(allocator.sizeOf(handle)).toBe(128);
    expect(allocator.stats()).toMatchObject({ splits: 1, merges: 0, freeBlocks: [{ size: 64 * KIB - 128, count: 1 }] });
    allocator.free(handle);
    expect(allocator.stats()).toMatchObject({ splits: 1, merges: 1, freeBlocks: [{ size: 64 * KIB, count: 1 }] });
  });

  it('joins a block with both neighbours', () => {
    const allocator = new TlsfAllocator({ size: 1024, unitSize: 256 });
    const [first, second, third, fourth] = [1, 1, 1, 1].map((n) => allocator.malloc(n)) as [number, number, number, number];
    allocator.free(first);
    allocator.free(third);
    expect(allocator.stats().freeBlocks).toEqual([{ size: 256, count: 2 }]);
    allocator.free(second);
    expect(allocator.stats().freeBlocks).toEqual([{ size: 768, count: 1 }]);
    allocator.free(fourth);
    expect(allocator.stats()).toMatchObject({ merges: 3, freeBlocks: [{ size: 1024, count: 1 }] });
  });

  it('prefers the smallest class that has room', () => {
    const allocator = new TlsfAllocator({ size: 64 * KIB, unitSize: 64 });
    const [large, , small] = [4096, 64, 1024, 64].map((n) => allocator.malloc(n)) as [number, number, number, number];
    allocator.free(small);
    allocator.free(large);
    expect(allocator.malloc(1000)).toBe(small);
    expect(allocator.malloc(1000)).toBe(large);
  });

  it.each([
    [{ unitSize: 48 }, /unitSize/],
    [{ unitSize: 4 }, /unitSize/],
    [{ size: 1000 }, /size must be a multiple of unitSize/],
    [{ arenaSize: 1000 }, /arenaSize/],
    [{ arenaSize: 2 ** 32 }, /arenaSize/],
  ])('throws when it is made with %j', (options, message) => {
    expect(() => new TlsfAllocator({ size: 64 * KIB, ...options })).toThrow(message);
  });
});
