import { describe, expect, it } from '@jest/globals';
import { FixedBlockAllocator } from '../../src/allocate/fixed.ts';
import { BlockError, NO_BLOCK } from '../../src/index.ts';
import { conformance } from './conformance.ts';

const KIB = 1024;

conformance('FixedBlockAllocator', (options) => new FixedBlockAllocator({ ...options, blockSize: 16 * KIB }));
conformance(
  'FixedBlockAllocator over several arenas',
  (options) => new FixedBlockAllocator({ ...options, blockSize: 1000, arenaSize: 7300 }),
  {
    // Seven blocks an arena, and four in the last one.
    size: 60_000,
    largest: 1000,
  },
);

describe('FixedBlockAllocator', () => {
  it('gives the same view of a block again as long as it is asked for with as many bytes', () => {
    const allocator = new FixedBlockAllocator({ size: 64 * KIB, blockSize: 16 * KIB });
    const handle = allocator.malloc(16 * KIB);
    const view = allocator.view(handle);
    expect(allocator.view(handle)).toBe(view);
    allocator.free(handle);
    expect(() => allocator.view(handle)).toThrow(BlockError);
    expect(allocator.malloc(16 * KIB)).toBe(handle);
    expect(allocator.view(handle)).toBe(view);
    expect(allocator.view(handle, 'float32')).not.toBe(view);
    allocator.free(handle);
    expect(allocator.malloc(100)).toBe(handle);
    expect(allocator.view(handle)).toHaveLength(100);
    expect(view).toHaveLength(16 * KIB);
  });

  it('counts what is free', () => {
    const allocator = new FixedBlockAllocator({ size: 64 * KIB, blockSize: 16 * KIB });
    expect(allocator).toMatchObject({ blocks: 4, available: 4 });
    const handles = [1, 2, 3, 4].map((bytes) => allocator.malloc(bytes));
    expect(handles).toEqual([0, 1, 2, 3]);
    expect(allocator.available).toBe(0);
    allocator.free(2);
    expect(allocator.available).toBe(1);
    expect(allocator.malloc(1)).toBe(2);
  });

  it('has no room for more than a block', () => {
    const allocator = new FixedBlockAllocator({ size: 64 * KIB, blockSize: 16 * KIB });
    expect(allocator.malloc(16 * KIB + 1)).toBe(NO_BLOCK);
    expect(allocator.stats().failures).toBe(1);
  });

  it.each([
    [{ blockSize: 0 }, /blockSize/],
    [{ blockSize: 12 }, /blockSize must be a multiple of/],
    [{ size: 100_000 }, /size must be a multiple of blockSize/],
    [{ arenaSize: 8 * KIB }, /arenaSize/],
  ])('throws when it is made with %j', (options, message) => {
    expect(() => new FixedBlockAllocator({ size: 64 * KIB, blockSize: 16 * KIB, ...options })).toThrow(message);
  });
});
