import { afterEach, describe, expect, it } from '@jest/globals';
import { BuddyAllocator } from '../../src/allocate/buddy.ts';
import { NO_BLOCK } from '../../src/index.ts';

const GIB = 2 ** 30;
const { ArrayBuffer: RealArrayBuffer } = globalThis;

afterEach(() => {
  globalThis.ArrayBuffer = RealArrayBuffer;
});

describe('BuddyAllocator: memory', () => {
  it('has more than 2 GiB, and takes of the system what is touched', () => {
    const before = process.memoryUsage().rss;
    const allocator = new BuddyAllocator({ size: 5 * GIB });
    const handles = Array.from({ length: 5 }, () => allocator.malloc(GIB));
    expect(handles.map((handle) => allocator.addressOf(handle))).toEqual([0, 1, 2, 3, 4].map((i) => i * GIB));
    expect(allocator.malloc(1)).toBe(NO_BLOCK);
    expect(new Set(handles.map((handle) => allocator.bufferOf(handle))).size).toBe(5);
    expect([...allocator.walk()].at(-1)).toEqual({ handle: handles[4], offset: 4 * GIB, size: GIB, state: 'live', requested: GIB });
    for (const [i, handle] of handles.entries()) {
      const view = allocator.view(handle, 'float64');
      view[0] = i;
      view[view.length - 1] = -i;
    }
    for (const [i, handle] of handles.entries()) {
      const view = allocator.view(handle, 'float64');
      expect([view[0], view.at(-1)]).toEqual([i, -i]);
    }
    expect(allocator.stats()).toMatchObject({ reserved: { current: 5 * GIB, peak: 5 * GIB }, largestFreeBytes: 0 });
    for (const handle of handles) allocator.free(handle);
    expect(allocator.stats()).toMatchObject({ freeBytes: 5 * GIB, freeBlocks: [{ size: GIB, count: 5 }] });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
  });

  it('has blocks up to 2 GiB', () => {
    const allocator = new BuddyAllocator({ size: 2 * GIB, arenaSize: 2 * GIB });
    const handle = allocator.malloc(2 ** 31 - 1);
    expect(allocator.sizeOf(handle)).toBe(2 ** 31);
    expect(allocator.view(handle).length).toBe(2 ** 31 - 1);
    expect(allocator.stats().reserved).toEqual({ current: 2 ** 31, peak: 2 ** 31, allocated: 2 ** 31, freed: 0 });
    allocator.free(handle);
    const halves = [allocator.malloc(GIB), allocator.malloc(GIB)];
    expect(halves.map((half) => allocator.offsetOf(half))).toEqual([0, GIB]);
  });

  it('makes a buffer when its first block is given out, and shares it among the blocks', () => {
    let made = 0;
    globalThis.ArrayBuffer = class extends RealArrayBuffer {
      constructor(bytes: number) {
        super(bytes);
        if (bytes === 4096) made++;
      }
    } as ArrayBufferConstructor;
    const allocator = new BuddyAllocator({ size: 3 * 4096, arenaSize: 4096 });
    expect(made).toBe(0);
    const [first, second] = [allocator.malloc(2048), allocator.malloc(2048)];
    expect(made).toBe(1);
    expect(allocator.bufferOf(first)).toBe(allocator.bufferOf(second));
    allocator.malloc(1);
    expect(made).toBe(2);
  });

  it('is unharmed when the system has no memory', () => {
    const allocator = new BuddyAllocator({ size: 2 * 4096, arenaSize: 4096 });
    const first = allocator.malloc(4096);
    const [stats, blocks] = [allocator.stats(), [...allocator.walk()]];
    globalThis.ArrayBuffer = class extends RealArrayBuffer {
      constructor() {
        super(0);
        throw new RangeError('Array buffer allocation failed');
      }
    } as ArrayBufferConstructor;
    expect(() => allocator.malloc(4096)).toThrow('Array buffer allocation failed');
    expect(allocator.stats()).toEqual(stats);
    expect([...allocator.walk()]).toEqual(blocks);
    globalThis.ArrayBuffer = RealArrayBuffer;
    expect(allocator.addressOf(allocator.malloc(4096))).toBe(allocator.addressOf(first) + 4096);
  });
});
