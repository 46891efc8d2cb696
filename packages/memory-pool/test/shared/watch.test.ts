import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { SharedState } from '../../src/shared/layout.ts';
import { SharedLock } from '../../src/shared/lock.ts';
import { SharedAllocator } from '../../src/shared/shared-allocator.ts';
import type { AttachAll } from './fixtures/attach-all.ts';
import { post } from './fixtures/post.ts';
import { diesAfter, instrumentAtomics, instrumentedAllocator } from './instrumented.ts';
import { ended, start, terminate, until, type Started } from './threads.ts';
import { attachedSlots, expectAllComesBack, expectWhole } from './whole.ts';

// Threads start slowly on a busy machine.
jest.setTimeout(60_000);

const UNIT = 256;

interface Scene {
  /** Of this thread too, so that the pool has somebody left when the watcher is detached. */
  readonly other: SharedAllocator;
  readonly watcher: SharedAllocator;
  /** Allocated by `other`, and never cached. */
  readonly large: number;
  readonly victim: Started<readonly number[]>;
  readonly holder: Started<{ slot: number }>;
}

/** A thread that caches blocks, and one that has the lock; the watcher watches the first one, and frees its blocks. */
async function scene(): Promise<Scene> {
  const other = SharedAllocator.create({ size: 1024 * UNIT, minBlockSize: UNIT, maxThreads: 4 });
  const watcher = SharedAllocator.attach(other.handle);
  const large = other.malloc(512 * UNIT);
  const victim = await start<readonly number[]>('attach-all', { handles: [other.handle] } satisfies AttachAll);
  const holder = await start<{ slot: number }>('sit-on-lock', { handle: other.handle });
  watcher.watch(victim.thread, { blocks: true });
  return { other, watcher, large, victim, holder };
}

/** The victim was seen to end, and is not reclaimed. */
async function sceneOfDeferral(): Promise<Scene> {
  const all = await scene();
  await terminate(all.victim);
  expect(attachedSlots(all.other)).toContain(all.victim.posted[0]);
  return all;
}

describe('a watched thread that ends while another one has the lock', () => {
  it('is reclaimed when that one is seen to have ended too', async () => {
    const { other, watcher, large, victim, holder } = await scene();
    watcher.watch(holder.thread, { blocks: true });
    let left: number[] = [];
    // Listeners are called in the order in which they were added.
    holder.thread.once('exit', () => (left = attachedSlots(other)));
    await terminate(victim);
    expect(attachedSlots(other)).toContain(victim.posted[0]);
    await terminate(holder);
    expect(left).toEqual([other.slot, watcher.slot]);
    expect(other.stats()).toMatchObject({ cachedBytes: 0, blocks: { current: 1 } });
    expectWhole(other);
    other.free(large);
    watcher.detach();
    expectAllComesBack(other);
  });

  it.each<[string, (scene: Scene) => void]>([
    ['drain()', ({ watcher }) => watcher.drain()],
    ['detach()', ({ watcher }) => watcher.detach()],
    ['a malloc', ({ watcher }) => watcher.free(watcher.malloc(UNIT))],
    ['a malloc of all that is free then', ({ watcher, large }) => expect(watcher.malloc(512 * UNIT)).toBe(large ^ 512)],
    ['a free of a block that is not cached', ({ watcher, large }) => watcher.free(large)],
  ])('is reclaimed before %s of the thread that watches', async (_, operation) => {
    const all = await sceneOfDeferral();
    const { other, watcher, victim, holder } = all;
    // No event of this thread comes in between: the operation waits for the lock.
    post('leave', holder.thread);
    operation(all);
    expect(attachedSlots(other)).not.toContain(victim.posted[0]);
    await ended(holder);
    expectWhole(other);
    watcher.detach();
    expectAllComesBack(other);
  });

  it('is reclaimed before another one is, on demand', async () => {
    const { other, watcher, holder } = await sceneOfDeferral();
    await terminate(holder);
    watcher.reclaim(holder.posted.slot);
    expect(attachedSlots(other)).toEqual([other.slot, watcher.slot]);
    watcher.detach();
    expectAllComesBack(other);
  });

  it('is reclaimed in the end when the thread that watches does nothing', async () => {
    const { other, watcher, holder } = await sceneOfDeferral();
    post('leave', holder.thread);
    await ended(holder);
    await until(() => attachedSlots(other).length === 2);
    expectWhole(other);
    watcher.detach();
    expectAllComesBack(other);
  });

  it('is not reclaimed once more when another thread has done so, and has its slot', async () => {
    const { other, watcher, victim, holder } = await sceneOfDeferral();
    await terminate(holder);
    other.reclaim(holder.posted.slot);
    other.reclaim(victim.posted[0]!, { blocks: true });
    const next = [1, 2].map(() => SharedAllocator.attach(other.handle));
    expect(next.map(({ slot }) => slot)).toContain(victim.posted[0]);
    const blocks = next.map((allocator) => allocator.malloc(UNIT));
    const cached = other.stats().cachedBytes;
    watcher.drain();
    expect(next.map((allocator, i) => allocator.requestedOf(blocks[i]!))).toEqual([UNIT, UNIT]);
    expect(attachedSlots(other).length).toBe(4);
    expect(other.stats().cachedBytes).toBe(cached);
    for (const allocator of [watcher, ...next]) allocator.detach();
    expectAllComesBack(other);
  });
});

describe('a watched thread that ends once the one that watches has detached', () => {
  it('is left to others', async () => {
    const allocator = SharedAllocator.create({ size: 1024 * UNIT, minBlockSize: UNIT, maxThreads: 4 });
    const watcher = SharedAllocator.attach(allocator.handle);
    const victim = await start<readonly number[]>('attach-all', { handles: [allocator.handle] } satisfies AttachAll);
    watcher.watch(victim.thread);
    watcher.detach();
    await terminate(victim);
    expect(attachedSlots(allocator)).toContain(victim.posted[0]);
    allocator.reclaim(victim.posted[0]!, { blocks: true });
    expectAllComesBack(allocator);
  });
});

afterEach(() => {
  jest.useRealTimers();
});

describe('death at each write of an operation that reclaims a watched thread first', () => {
  it.each([true, false])('is made good by the next one: { blocks: %p }', async (blocks) => {
    instrumentAtomics();
    // The dead try nothing again.
    jest.useFakeTimers({ doNotFake: ['performance', 'nextTick', 'setImmediate'] });
    const pools = Array.from({ length: 90 }, () => {
      const survivor = SharedAllocator.create({ size: 64 * UNIT, minBlockSize: UNIT, maxThreads: 3, magazineBlocks: 2 });
      const lock = new SharedLock(new SharedState(survivor.handle).header, 5000);
      return { survivor, lock, heir: instrumentedAllocator(survivor.handle) };
    });
    const victim = await start<readonly number[]>('attach-all', {
      handles: pools.map(({ survivor }) => survivor.handle),
    } satisfies AttachAll);
    for (const { survivor, lock, heir } of pools) {
      heir.watch(victim.thread, { blocks });
      lock.acquire(survivor.slot);
    }
    await terminate(victim);
    const deaths = pools.map(({ survivor, lock, heir }, i) => {
      expect(attachedSlots(survivor).length).toBe(3);
      lock.release();
      const died = diesAfter(4 * i, () => heir.drain());
      survivor.reclaim(heir.slot, { blocks });
      survivor.reclaim(victim.posted[i]!, { blocks });
      expectWhole(survivor);
      expect(survivor.stats().blocks.current).toBe(blocks ? 0 : 4);
      expectAllComesBack(survivor);
      return died;
    });
    expect(deaths[0]).toBe(true);
    expect(deaths.at(-1)).toBe(false);
  });
});
