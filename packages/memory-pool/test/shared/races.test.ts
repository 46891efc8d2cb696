import { beforeEach, describe, expect, it } from '@jest/globals';
import { BlockError } from '../../src/index.ts';
import { ownerBits, SharedState, STATE, STRIDE, ORDER } from '../../src/shared/layout.ts';
import { LockHeldError, SharedLock } from '../../src/shared/lock.ts';
import { SharedAllocator } from '../../src/shared/shared-allocator.ts';
import { instrumentAtomics, instrumented, instrumentedAllocator, interrupted } from './instrumented.ts';
import { expectAllComesBack, expectWhole } from './whole.ts';

// Two threads at once, for each place where the one can come in between two accesses of the other.

const UNIT = 256;

interface Scene {
  readonly owner: SharedAllocator;
  readonly slow: SharedAllocator;
  readonly quick: SharedAllocator;
  /** Allocated by `owner`. */
  readonly block: number;
}

beforeEach(instrumentAtomics);

function scene(bytes: number): Scene {
  const owner = SharedAllocator.create({ size: UNIT * 256, minBlockSize: UNIT, maxThreads: 3, magazineBlocks: 8, lockTimeoutMillis: 1 });
  const slow = instrumentedAllocator(owner.handle);
  const quick = SharedAllocator.attach(owner.handle);
  return { owner, slow, quick, block: owner.malloc(bytes) };
}

/** Whether it was freed; `undefined` if it could not get the lock. */
function tryFree(allocator: SharedAllocator, block: number): boolean | undefined {
  try {
    allocator.free(block);
    return true;
  } catch (error) {
    if (error instanceof LockHeldError) return undefined;
    if (error instanceof BlockError) return false;
    throw error;
  }
}

function ownerOf({ handle }: SharedAllocator, block: number): number {
  return new SharedState(handle).tags[STRIDE * block]! & ~(STATE | ORDER);
}

describe('a block that two threads free at once', () => {
  it.each([
    ['cached', UNIT],
    ['never cached', UNIT * 64],
  ])('is freed once: %s', (_, bytes) => {
    for (let n = 0; ; n++) {
      const { owner, slow, quick, block } = scene(bytes);
      let second: boolean | undefined;
      let first: boolean | undefined;
      const between = interrupted(
        n,
        () => (second = tryFree(quick, block)),
        () => (first = tryFree(slow, block)),
      );
      if (!between || second === undefined) second = tryFree(quick, block);
      expect([first, second].toSorted()).toEqual([false, true]);
      expect(owner.stats().blocks).toMatchObject({ current: 0, freed: 1 });
      expectWhole(owner);
      for (const allocator of [slow, quick]) allocator.detach();
      expectAllComesBack(owner);
      if (!between) break;
    }
  });
});

describe('a block that its thread frees, and another one in the same moment', () => {
  it('is given out once, whatever both were told', () => {
    for (let n = 0; ; n++) {
      const { owner, slow, quick } = scene(UNIT);
      const block = slow.malloc(UNIT);
      let second: boolean | undefined;
      let first: boolean | undefined;
      const between = interrupted(
        n,
        () => (second = tryFree(quick, block)),
        () => (first = tryFree(slow, block)),
      );
      if (!between) second = tryFree(quick, block);
      expect([first, second]).toContain(true);
      expect(() => owner.free(block)).toThrow(BlockError);
      const given = [slow, quick, slow, quick, slow, quick].map((allocator) => allocator.malloc(UNIT));
      expect(new Set(given).size).toBe(given.length);
      for (const each of given) owner.free(each);
      for (const allocator of [slow, quick]) allocator.detach();
      owner.drain();
      expect(owner.stats().freeBytes).toBe(owner.size - UNIT);
      if (!between) break;
    }
  });
});

describe('a block of a dead thread that is freed while that is reclaimed', () => {
  it.each([true, false])('is freed once: { blocks: %p }', (blocks) => {
    for (let n = 0; ; n++) {
      const { owner, slow, quick, block } = scene(UNIT);
      let freed: boolean | undefined;
      const between = interrupted(
        n,
        () => (freed = tryFree(quick, block)),
        () => slow.reclaim(owner.slot, { blocks }),
      );
      if (between && !blocks) expect(freed).toBe(true);
      expectWhole(quick);
      expect(quick.stats().blocks.current).toBe(blocks || freed ? 0 : 1);
      slow.detach();
      expectAllComesBack(quick);
      if (!between) break;
    }
  });

  it.each([true, false])('and allocated again remains with whoever did that: { blocks: %p }', (blocks) => {
    for (let n = 0; ; n++) {
      const { owner, slow, quick, block } = scene(UNIT);
      let again: number | undefined;
      const swap = () => {
        if (tryFree(quick, block)) again = quick.malloc(UNIT);
      };
      const between = interrupted(n, swap, () => slow.reclaim(owner.slot, { blocks }));
      if (again !== undefined) {
        expect(again).toBe(block);
        expect(quick.requestedOf(block)).toBe(UNIT);
        expect(ownerOf(quick, block)).toBe(ownerBits(quick.slot));
      }
      expectWhole(quick);
      if (n === 0) expect(again).toBe(block);
      if (!between) break;
    }
  });
});

describe('the lock', () => {
  function locks(): { header: Int32Array; slow: SharedLock; quick: SharedLock } {
    const header = new Int32Array(new SharedArrayBuffer(1024));
    return { header, slow: new SharedLock(instrumented(header), 1), quick: new SharedLock(header, 1) };
  }

  function tryAcquire(lock: SharedLock, slot: number): boolean {
    try {
      lock.acquire(slot);
      return true;
    } catch (error) {
      if (error instanceof LockHeldError) return false;
      throw error;
    }
  }

  it('has one holder when two want it at once', () => {
    for (let n = 0; ; n++) {
      const { slow, quick } = locks();
      let [second, first] = [false, false];
      const between = interrupted(
        n,
        () => (second = tryAcquire(quick, 1)),
        () => (first = tryAcquire(slow, 0)),
      );
      expect([first, second].filter(Boolean).length).toBe(1);
      expect(slow.holder).toBe(first ? 0 : 1);
      if (!between) break;
    }
  });

  it('goes on to whoever comes while it is left', () => {
    for (let n = 0; ; n++) {
      const { slow, quick } = locks();
      slow.acquire(0);
      let second = false;
      const between = interrupted(
        n,
        () => (second = tryAcquire(quick, 1)),
        () => slow.release(),
      );
      expect(slow.holder).toBe(second ? 1 : -1);
      if (!between) break;
    }
  });

  it('is taken over from the dead by one of two', () => {
    for (let n = 0; ; n++) {
      const { slow, quick } = locks();
      quick.acquire(2);
      const took: number[] = [];
      const between = interrupted(
        n,
        () => {
          took.push(quick.acquire(1, 2));
          quick.release();
        },
        () => took.push(slow.acquire(0, 2)),
      );
      if (!between) expect(took).toEqual([2]);
      else expect(took.filter((holder) => holder === 2).length).toBe(1);
      expect(slow.holder).toBe(0);
      if (!between) break;
    }
  });
});
