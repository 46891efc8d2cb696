import { describe, expect, it, jest } from '@jest/globals';
import { BlockError, NO_BLOCK } from '../../src/index.ts';
import { SharedAllocator } from '../../src/shared/shared-allocator.ts';
import { ended, start } from './threads.ts';
import { expectAllComesBack, expectWhole } from './whole.ts';

// Threads start slowly on a busy machine.
jest.setTimeout(60_000);

const UNIT = 256;

function pool(maxThreads = 3): SharedAllocator {
  return SharedAllocator.create({ size: 1024 * UNIT, minBlockSize: UNIT, maxThreads });
}

describe('attach', () => {
  it('gives each thread a slot of its own, and throws when there is none', () => {
    const allocator = pool();
    const others = [1, 2].map(() => SharedAllocator.attach(structuredClone(allocator.handle)));
    expect([allocator, ...others].map(({ slot }) => slot)).toEqual([0, 1, 2]);
    expect(() => SharedAllocator.attach(allocator.handle)).toThrow(/maxThreads/);
    others[0]!.detach();
    expect(SharedAllocator.attach(allocator.handle).slot).toBe(1);
  });

  it('is to the same memory', () => {
    const allocator = pool();
    const other = SharedAllocator.attach(allocator.handle);
    const block = other.malloc(10);
    other.view(block).fill(9);
    expect(allocator.view(block).slice()).toEqual(new Uint8Array(10).fill(9));
    expect(allocator.requestedOf(block)).toBe(10);
    allocator.free(block);
    expect(() => other.free(block)).toThrow(BlockError);
    expect(other.stats()).toEqual(allocator.stats());
    expect(allocator.stats().blocks).toEqual({ current: 0, peak: 1, allocated: 1, freed: 1 });
    other.detach();
    expectAllComesBack(allocator);
  });
});

describe('detach', () => {
  it('gives back what is cached and leaves what is live', () => {
    const allocator = pool();
    const other = SharedAllocator.attach(allocator.handle);
    const kept = other.malloc(UNIT);
    other.free(other.malloc(UNIT * 2));
    expect(allocator.stats().cachedBytes).toBeGreaterThan(0);
    other.detach();
    expect(allocator.stats()).toMatchObject({ cachedBytes: 0, blocks: { current: 1 } });
    expectWhole(allocator);
    // It is nobody's: reclaiming the slot does not concern it.
    const next = SharedAllocator.attach(allocator.handle);
    allocator.reclaim(next.slot, { blocks: true });
    expect(allocator.requestedOf(kept)).toBe(UNIT);
    expectAllComesBack(allocator);
  });

  it('is the end for the thread, and may be called again', () => {
    const allocator = pool();
    const other = SharedAllocator.attach(allocator.handle);
    const block = other.malloc(UNIT);
    other.detach();
    other.detach();
    const next = SharedAllocator.attach(allocator.handle);
    next.free(next.malloc(UNIT));
    expect(() => other.malloc(UNIT)).toThrow(/detached/);
    expect(() => other.free(block)).toThrow(/detached/);
    expect(() => other.drain()).toThrow(/detached/);
    expect(() => other.reclaim(0)).toThrow(/detached/);
    next.detach();
    expectAllComesBack(allocator);
  });
});

describe('reclaim', () => {
  it('refuses the own slot and what is none, and does nothing for a free one', () => {
    const allocator = pool();
    for (const slot of [0, 3, -1, 0.5, NaN]) expect(() => allocator.reclaim(slot)).toThrow(RangeError);
    allocator.reclaim(2);
    expectWhole(allocator);
  });

  it('refuses to watch a worker that has ended', async () => {
    const allocator = pool();
    const worker = await start('malloc-once', { handle: allocator.handle });
    await ended(worker);
    expect(() => allocator.watch(worker.thread)).toThrow(RangeError);
  });

  it('is not done for a worker that has detached', async () => {
    const allocator = pool();
    const worker = await start<{ slot: number }>('malloc-once', { handle: allocator.handle });
    allocator.watch(worker.thread, { blocks: true });
    await ended(worker);
    expectWhole(allocator);
    expect(SharedAllocator.attach(allocator.handle).slot).toBe(worker.posted.slot);
  });
});

describe('when there is no room', () => {
  it('malloc takes from its own magazines, not from those of others', () => {
    const allocator = SharedAllocator.create({ size: 256 * UNIT, minBlockSize: UNIT, maxThreads: 2 });
    const other = SharedAllocator.attach(allocator.handle);
    other.free(other.malloc(UNIT));
    allocator.free(allocator.malloc(UNIT));
    expect(allocator.malloc(256 * UNIT)).toBe(NO_BLOCK);
    expect(allocator.stats()).toMatchObject({ failures: 1, blocks: { current: 0 } });
    other.drain();
    const all = allocator.malloc(256 * UNIT);
    expect(all).toBe(0);
    expect(other.malloc(1)).toBe(NO_BLOCK);
    other.free(all);
    expect(other.malloc(1)).not.toBe(NO_BLOCK);
    expect(allocator.stats().failures).toBe(2);
    other.detach();
    expectAllComesBack(allocator);
  });
});

describe('options', () => {
  it.each([
    ['size', 1000],
    ['size', 0],
    ['minBlockSize', 100],
    ['minBlockSize', 4],
    ['maxThreads', 0],
    ['maxThreads', 257],
    ['magazineBlocks', -1],
    ['magazineBlocks', 5000],
    ['lockTimeoutMillis', 0],
  ])('%s cannot be %i', (option, value) => {
    expect(() => SharedAllocator.create({ size: 1024 * UNIT, [option]: value })).toThrow(new RegExp(`^${option} must`));
  });

  it('may be the most of each', () => {
    const allocator = SharedAllocator.create({ size: 1024 * UNIT, maxThreads: 256, magazineBlocks: 4096 });
    for (let i = 1; i < 256; i++) SharedAllocator.attach(allocator.handle);
    const last = SharedAllocator.attach;
    expect(() => last(allocator.handle)).toThrow(RangeError);
  });
});
