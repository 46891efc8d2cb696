import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BuddyAllocator } from '../../src/allocate/buddy.ts';
import { BlockError, NO_BLOCK, type Handle } from '../../src/index.ts';
import { conformance } from './conformance.ts';

const KIB = 1024;
/** Three arenas, and a rest that is no power of two. */
const ODD = { size: 3 * 64 * KIB + 21 * KIB + 256, arenaSize: 64 * KIB };

conformance('BuddyAllocator', (options) => new BuddyAllocator(options), { alignment: 256 });
conformance('BuddyAllocator, several arenas', ({ size }) => new BuddyAllocator({ size, arenaSize: ODD.arenaSize }), {
  size: ODD.size,
  alignment: 256,
});
conformance('BuddyAllocator, zeros and the smallest blocks', ({ size }) => new BuddyAllocator({ size, minBlockSize: 8, zero: true }), {
  size: 32 * KIB,
  largest: 2 * KIB,
});

describe('BuddyAllocator: sizes', () => {
  it('rounds up to the least block times a power of two, and aligns to that', () => {
    const allocator = new BuddyAllocator({ size: 2 ** 20, minBlockSize: 512 });
    const sizes = [1, 512, 513, 1024, 1025, 40_000, 65_536, 65_537].map((bytes) => {
      const handle = allocator.malloc(bytes);
      expect(allocator.offsetOf(handle) % allocator.sizeOf(handle)).toBe(0);
      return allocator.sizeOf(handle);
    });
    expect(sizes).toEqual([512, 512, 1024, 1024, 2048, 65_536, 65_536, 131_072]);
  });

  it('splits the block that fits best, and counts splits and merges', () => {
    const allocator = new BuddyAllocator({ size: 4096, minBlockSize: 256 });
    const handle = allocator.malloc(256);
    expect(allocator.stats()).toMatchObject({
      splits: 4,
      merges: 0,
      largestFreeBytes: 2048,
      freeBlocks: [256, 512, 1024, 2048].map((size) => ({ size, count: 1 })),
    });
    const second = allocator.malloc(512);
    expect(allocator.stats()).toMatchObject({ splits: 4, freeBytes: 256 + 1024 + 2048 });
    allocator.free(handle);
    allocator.free(second);
    allocator.drain();
    expect(allocator.stats()).toMatchObject({ merges: 4, freeBlocks: [{ size: 4096, count: 1 }] });
  });

  it('cuts a size that is no power of two into the largest blocks that fit', () => {
    const sizes = [...new BuddyAllocator(ODD).walk()].map(({ size, state }) => [state, size / 256]);
    expect(sizes).toEqual([256, 256, 256, 64, 16, 4, 1].map((units) => ['free', units]));
  });

  it('never leaves a free block beside its free buddy once drained', () => {
    const step = fc.record({ bytes: fc.integer({ min: 1, max: 20 * KIB }), free: fc.boolean(), pick: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const allocator = new BuddyAllocator(ODD);
        const live: Handle[] = [];
        for (const { bytes, free, pick } of steps) {
          if (free && live.length > 0) allocator.free(live.splice(pick % live.length, 1)[0]!);
          else {
            const handle = allocator.malloc(bytes);
            if (handle !== NO_BLOCK) live.push(handle);
          }
        }
        allocator.drain();
        const free = [...allocator.walk()].filter(({ state }) => state === 'free');
        const keys = new Set(free.map(({ offset, size }) => `${offset}:${size}`));
        const unmerged = free.filter(({ offset, size }) => size < ODD.arenaSize && keys.has(`${buddyOf(offset, size)}:${size}`));
        expect(unmerged).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('has no block larger than an arena', () => {
    const allocator = new BuddyAllocator({ size: 2 ** 18, arenaSize: 2 ** 16 });
    const cached = allocator.malloc(256);
    allocator.free(cached);
    expect(allocator.malloc(2 ** 16 + 1)).toBe(NO_BLOCK);
    // What waits in a magazine would not have helped.
    expect(allocator.stats()).toMatchObject({ failures: 1, cachedBytes: 256, merges: 0 });
    expect(Array.from({ length: 4 }, () => allocator.malloc(2 ** 16))).not.toContain(NO_BLOCK);
  });
});

describe('BuddyAllocator: magazines', () => {
  it('gives the block that was freed last, as it was', () => {
    const allocator = new BuddyAllocator({ size: 2 ** 20 });
    const [first, second] = [allocator.malloc(1000), allocator.malloc(1000)];
    allocator.view(first).fill(7);
    allocator.free(second);
    allocator.free(first);
    expect(allocator.stats()).toMatchObject({ cachedBytes: 2048, magazineHits: 0 });
    expect(allocator.malloc(600)).toBe(first);
    expect(allocator.view(first)).toEqual(new Uint8Array(600).fill(7));
    expect(allocator.malloc(1024)).toBe(second);
    expect(allocator.stats()).toMatchObject({ cachedBytes: 0, magazineHits: 2, merges: 0 });
  });

  it('keeps at most a 64th of the allocator in each of them', () => {
    const size = 2 ** 22;
    const allocator = new BuddyAllocator({ size });
    for (const bytes of [256, 4096]) {
      const handles = Array.from({ length: 1024 }, () => allocator.malloc(bytes)).filter((handle) => handle !== NO_BLOCK);
      for (const handle of handles) allocator.free(handle);
      expect(allocator.stats().cachedBytes).toBe(size / 64);
      allocator.drain();
      expect(allocator.stats()).toMatchObject({ cachedBytes: 0, freeBlocks: [{ size, count: 1 }] });
    }
  });

  it('joins what waits in them before it fails', () => {
    const allocator = new BuddyAllocator({ size: 2 ** 16 });
    const handles = Array.from({ length: 256 }, () => allocator.malloc(1));
    expect(allocator.stats()).toMatchObject({ freeBytes: 0 });
    for (const handle of handles) allocator.free(handle);
    expect(allocator.addressOf(allocator.malloc(2 ** 16))).toBe(0);
    expect(allocator.stats()).toMatchObject({ failures: 0, merges: 255, cachedBytes: 0 });
  });
});

describe('BuddyAllocator: options', () => {
  it.each([
    [{ size: 2 ** 20, minBlockSize: 300 }, RangeError, 'minBlockSize must be a power of two from 8 to 1073741824, not 300'],
    [{ size: 2 ** 20, minBlockSize: 4 }, RangeError, 'minBlockSize must be a power of two'],
    [{ size: 2 ** 20, minBlockSize: '256' }, TypeError, 'minBlockSize must be a power of two from 8 to 1073741824, not "256"'],
    [{ size: 1000 }, RangeError, 'size must be a multiple of minBlockSize (256), not 1000'],
    [{ size: 255 }, RangeError, 'size must be an integer from 256 to 274877906944, not 255'],
    [{}, TypeError, 'size must be an integer from 256 to 274877906944, not undefined'],
    [{ size: 2 ** 20, arenaSize: 1000 }, RangeError, 'arenaSize must be a power of two from 256 to 2147483648, not 1000'],
    [{ size: 2 ** 20, arenaSize: 128 }, RangeError, 'arenaSize must be a power of two'],
    [{ size: 2 ** 20, arenaSize: 2 ** 32 }, RangeError, 'arenaSize must be a power of two'],
    [{ size: 2 ** 20, zero: 1 }, TypeError, 'zero must be true or false, not 1'],
    [{ size: 2 ** 20, metrics: 'off' }, TypeError, 'metrics must be true or false, not "off"'],
  ])('refuses %j', (options, type, message) => {
    const create = () => new BuddyAllocator(options as { size: number });
    expect(create).toThrow(type);
    expect(create).toThrow(message);
  });

  it('zero: fills what was used before, and nothing beyond what is asked for', () => {
    const allocator = new BuddyAllocator({ size: 2 ** 16, zero: true });
    const handle = allocator.malloc(4096);
    const whole = allocator.view(handle);
    whole.fill(9);
    allocator.free(handle);
    expect(allocator.malloc(3000)).toBe(handle);
    expect(allocator.view(handle)).toEqual(new Uint8Array(3000));
    expect(whole.subarray(3000)).toEqual(new Uint8Array(1096).fill(9));
    allocator.free(handle);
    const large = allocator.malloc(2 ** 16);
    expect(allocator.view(large).some((byte) => byte !== 0)).toBe(false);
  });

  it('metrics: without them all works, and what is counted per operation stays 0', () => {
    const allocator = new BuddyAllocator({ size: 2 ** 16, metrics: false });
    const handle = allocator.malloc(300);
    allocator.free(handle);
    expect(() => allocator.free(handle)).toThrow(BlockError);
    expect(allocator.malloc(400)).toBe(handle);
    expect(allocator.requestedOf(handle)).toBe(400);
    expect(allocator.malloc(2 ** 16)).toBe(NO_BLOCK);
    const none = { current: 0, peak: 0, allocated: 0, freed: 0 };
    expect(allocator.stats()).toMatchObject({
      blocks: none,
      reserved: none,
      requested: none,
      magazineHits: 0,
      failures: 1,
      splits: 7,
      freeBytes: 2 ** 16 - 512,
    });
  });
});

describe('BuddyAllocator: handles', () => {
  it('are the lowest numbers that are free, however far apart the blocks are', () => {
    const allocator = new BuddyAllocator({ size: 2 ** 30 });
    const handles = Array.from({ length: 8 }, () => allocator.malloc(2 ** 27));
    expect(handles).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const handle of [2, 5]) allocator.free(handle);
    allocator.drain();
    expect([allocator.malloc(100), allocator.malloc(2 ** 27)].toSorted()).toEqual([2, 5]);
    expect(
      [...allocator.walk()]
        .filter(({ state }) => state === 'live')
        .map(({ handle }) => handle)
        .toSorted(),
    ).toEqual(handles);
  });
});

describe('BuddyAllocator: errors', () => {
  it('says what is at a handle that is of no live block', () => {
    const allocator = new BuddyAllocator({ size: 2 ** 16 });
    const handle = allocator.malloc(1024);
    expect(() => allocator.free(handle + 1)).toThrow('1 is the handle of no live block: there is none of that number');
    expect(() => allocator.free(256)).toThrow('256 is the handle of no live block: there is none of that number');
    allocator.free(handle);
    expect(() => allocator.view(handle)).toThrow('0 is the handle of no live block: that block is free');
  });
});

function buddyOf(offset: number, size: number): number {
  const inArena = offset % ODD.arenaSize;
  return offset - inArena + (inArena % (2 * size) === 0 ? inArena + size : inArena - size);
}
