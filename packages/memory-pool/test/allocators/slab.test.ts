import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SlabAllocator } from '../../src/allocate/slab.ts';
import { BlockError, NO_BLOCK, type BlockInfo } from '../../src/index.ts';
import { conformance } from './conformance.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

conformance('SlabAllocator', (options) => new SlabAllocator(options), { alignment: 16 });
conformance(
  'SlabAllocator over several arenas',
  (options) => new SlabAllocator({ ...options, pageSize: 256, arenaSize: 64 * KIB, largestSlot: 4 * KIB }),
  // The last arena is shorter.
  { size: 224 * KIB, alignment: 16 },
);
conformance('SlabAllocator of runs as large as the arena', (options) => new SlabAllocator({ ...options, largestSlot: 64 * KIB }), {
  alignment: 16,
});

/** Sizes of blocks, by address. */
function walked(allocator: SlabAllocator, state: BlockInfo['state']): number[] {
  return [...allocator.walk()].filter((block) => block.state === state).map(({ size }) => size);
}

describe('SlabAllocator', () => {
  it('cuts a run into slots of one class', () => {
    const allocator = new SlabAllocator({ size: MIB });
    const handles = Array.from({ length: 5 }, () => allocator.malloc(3000));
    // 16 KiB in 5 parts of 3276.8 bytes, cut at multiples of 16.
    expect(walked(allocator, 'live')).toEqual([3264, 3280, 3280, 3280, 3280]);
    expect(handles.map((handle) => allocator.offsetOf(handle))).toEqual([0, 3264, 6544, 9824, 13_104]);
    expect(allocator.stats().freeBytes).toBe(MIB - 16 * KIB);
  });

  it('gives a run back when another one of its class has room, so that other sizes can have it', () => {
    const allocator = new SlabAllocator({ size: MIB, largestSlot: 4 * KIB });
    const handles = Array.from({ length: 256 }, () => allocator.malloc(4 * KIB));
    expect(allocator.malloc(100 * KIB)).toBe(NO_BLOCK);
    for (const handle of handles) allocator.free(handle);
    expect(walked(allocator, 'live')).toEqual([]);
    // Of the class, one run of 16 KiB is kept.
    expect(walked(allocator, 'free').filter((size) => size === 4 * KIB)).toHaveLength(4);
    expect(allocator.malloc(512 * KIB)).not.toBe(NO_BLOCK);
  });

  it('gives the run that is kept back when memory is short, or is drained', () => {
    const allocator = new SlabAllocator({ size: MIB });
    allocator.free(allocator.malloc(100));
    expect(walked(allocator, 'free')).toContain(128);
    expect(allocator.malloc(MIB)).not.toBe(NO_BLOCK);
    expect(walked(allocator, 'live')).toEqual([MIB]);
    const other = new SlabAllocator({ size: MIB });
    other.free(other.malloc(100));
    other.drain();
    expect(walked(other, 'free')).toEqual([MIB]);
  });

  it('takes what is free and large enough where there is no room for another run', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 * KIB }), { minLength: 40, maxLength: 200 }), fc.nat(), (requests, seed) => {
        const allocator = new SlabAllocator({ size: 256 * KIB, largestSlot: 8 * KIB });
        const handles: number[] = [];
        for (const [i, bytes] of requests.entries()) {
          const handle = allocator.malloc(bytes);
          if (handle !== NO_BLOCK) {
            handles.push(handle);
            continue;
          }
          allocator.drain();
          // Some slots have 16 bytes more than all of their class.
          expect(allocator.stats().largestFreeBytes).toBeLessThan(bytes + 16);
          for (let k = 0; k < 4; k++) allocator.free(handles.splice((seed + i) % handles.length, 1)[0]!);
        }
      }),
    );
  });

  it('gives larger requests blocks of the buddy allocator', () => {
    const allocator = new SlabAllocator({ size: MIB, largestSlot: 4 * KIB });
    const handle = allocator.malloc(4 * KIB + 1);
    expect(allocator.sizeOf(handle)).toBe(8 * KIB);
    expect(() => allocator.free(handle + 256)).toThrow(BlockError);
    expect(() => allocator.free(handle + 1)).toThrow(BlockError);
    allocator.free(handle);
    expect(() => allocator.free(handle)).toThrow(BlockError);
  });

  it('refuses handles of a run that was given back', () => {
    const allocator = new SlabAllocator({ size: MIB });
    const handles = Array.from({ length: 100 }, () => allocator.malloc(1000));
    for (const handle of handles) allocator.free(handle);
    allocator.drain();
    for (const handle of handles) expect(() => allocator.free(handle)).toThrow(BlockError);
    expect(allocator.stats()).toMatchObject({ blocks: { current: 0 }, freeBytes: MIB });
  });

  it.each([
    [{ pageSize: 100 }, /pageSize/],
    [{ pageSize: 2 ** 17 }, /pageSize/],
    [{ size: 5000 }, /size must be a multiple of pageSize/],
    [{ size: 2 ** 36 }, /size/],
    [{ largestSlot: 8 }, /largestSlot/],
    [{ largestSlot: 3000 }, /largestSlot/],
    [{ arenaSize: 5000 }, /arenaSize/],
  ])('throws when it is made with %j', (options, message) => {
    expect(() => new SlabAllocator({ size: MIB, ...options })).toThrow(message);
  });
});
