import { describe, expect, it, jest } from '@jest/globals';
import { SharedAllocator } from '../../src/shared/shared-allocator.ts';
import type { Allocate } from './fixtures/allocate.ts';
import { churn, CONFLICTS, SPOILT, STOP, type Churn } from './fixtures/churn.ts';
import type { FreeSame } from './fixtures/free-same.ts';
import { post } from './fixtures/post.ts';
import { randoms } from './randoms.ts';
import { ended, sleep, start, terminate, type Started } from './threads.ts';
import { attachedSlots, expectAllComesBack, expectWhole } from './whole.ts';

// Threads start slowly on a busy machine.
jest.setTimeout(60_000);

const SIZE = 2 ** 20;
const UNIT = 64;

function shared(words: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * words));
}

function playground(maxThreads: number): { allocator: SharedAllocator; data: Omit<Churn, 'seed'> } {
  const allocator = SharedAllocator.create({ size: SIZE, minBlockSize: UNIT, maxThreads, magazineBlocks: 16 });
  const data = { handle: allocator.handle, owners: shared(SIZE / UNIT), mail: shared(16), signs: shared(3) };
  return { allocator, data };
}

function expectNoConflict({ signs }: Omit<Churn, 'seed'>): void {
  expect({ conflicts: signs[CONFLICTS], spoilt: signs[SPOILT] }).toEqual({ conflicts: 0, spoilt: 0 });
}

describe('blocks that go from thread to thread', () => {
  it.each([
    [2, 30_000],
    [4, 12_000],
  ])('are never given out twice: %i threads', async (threads, turns) => {
    const { allocator, data } = playground(threads + 1);
    const workers = await Promise.all(
      Array.from({ length: threads }, async (_, seed) => start('churn', { ...data, seed, turns } satisfies Churn)),
    );
    await Promise.all(workers.map(ended));
    expectNoConflict(data);
    expectWhole(allocator);
    const stats = allocator.stats();
    expect(stats.blocks.allocated).toBeGreaterThan(turns / 5);
    expect(stats.magazineHits).toBeGreaterThan(0);
    expect(stats.cachedBytes).toBe(0);
    expect(stats.blocks.current).toBe(data.mail.filter((word) => word !== 0).length);
    for (const word of data.mail) if (word !== 0) allocator.free(word - 1);
    expect(allocator.stats()).toMatchObject({ blocks: { current: 0 }, requested: { current: 0 }, reserved: { current: 0 } });
    expectAllComesBack(allocator);
  });

  it('can be freed by one of two threads only, when both try', async () => {
    const allocator = SharedAllocator.create({ size: SIZE, minBlockSize: UNIT });
    const blocks = shared(5000).map(() => allocator.malloc(UNIT));
    const data: FreeSame = { handle: allocator.handle, blocks, freed: shared(blocks.length), arrived: shared(blocks.length) };
    const workers = await Promise.all([start('free-same', data), start('free-same', data)]);
    await Promise.all(workers.map(ended));
    expect(data.freed.every((times) => times === 1)).toBe(true);
    expect(allocator.stats().blocks).toMatchObject({ current: 0, freed: blocks.length });
    expectAllComesBack(allocator);
  });

  it('hold what the other thread wrote', async () => {
    const allocator = SharedAllocator.create({ size: SIZE });
    const worker = await allocateIn(allocator, 'from over there');
    const { block } = worker.posted;
    expect(new TextDecoder().decode(allocator.view(block).slice())).toBe('from over there');
    allocator.free(block);
    await terminate(worker);
  });
});

describe('a thread that is terminated at any moment', () => {
  it('leaves the pool whole, and nothing is lost', async () => {
    const { allocator, data } = playground(3);
    const random = randoms(7);
    for (let round = 0; round < 10; round++) {
      const blocks = round % 2 === 0;
      const worker = await start('churn', { ...data, seed: round } satisfies Churn);
      allocator.watch(worker.thread, { blocks });
      if (round % 3 === 0) churn(allocator, { ...data, seed: 1000 + round, turns: 300 });
      else await sleep(random(12));
      await terminate(worker);
      expectNoConflict(data);
      expectWhole(allocator);
      expect(allocator.stats().blocks.current).toBeGreaterThanOrEqual(0);
      // The only thread left is this one, so that what is live is what the other one had.
      expectAllComesBack(allocator);
      data.owners.fill(0);
      data.mail.fill(0);
    }
  });

  it('does not stop the others', async () => {
    const { allocator, data } = playground(4);
    const random = randoms(8);
    const steady = await start('churn', { ...data, mail: shared(1), seed: 1 } satisfies Churn);
    const victims = { ...data, mail: shared(1) };
    for (let round = 0; round < 3; round++) {
      const workers = await Promise.all([3, 4].map(async (seed) => start('churn', { ...victims, seed: seed + round } satisfies Churn)));
      for (const { thread } of workers) allocator.watch(thread);
      await sleep(random(10));
      await Promise.all(workers.map(terminate));
      // What is nobody's now stays live, and so does who has it in `owners`.
      expectNoConflict(data);
    }
    Atomics.store(data.signs, STOP, 1);
    await ended(steady);
    expectNoConflict(data);
    // The steady one may have had the lock when a victim was seen to end: `watch` reclaims that one with the lock at the latest.
    allocator.drain();
    expect(attachedSlots(allocator)).toEqual([allocator.slot]);
    expectWhole(allocator);
    expectAllComesBack(allocator);
  });
});

describe('reclaim', () => {
  it('leaves what the thread allocated, which is nobody’s then', async () => {
    const allocator = SharedAllocator.create({ size: SIZE, maxThreads: 2 });
    const worker = await allocateIn(allocator, 'kept');
    const { block } = worker.posted;
    allocator.watch(worker.thread);
    await terminate(worker);
    expect(new TextDecoder().decode(allocator.view(block).slice())).toBe('kept');
    expectWhole(allocator);
    // The next one in the slot has nothing to do with it.
    const next = await allocateIn(allocator, 'freed');
    expect(next.posted.slot).toBe(worker.posted.slot);
    allocator.watch(next.thread, { blocks: true });
    await terminate(next);
    expect(liveBlocks(allocator)).toEqual([block]);
    expectAllComesBack(allocator);
  });

  it('frees what the thread allocated and nobody has freed, on demand', async () => {
    const allocator = SharedAllocator.create({ size: SIZE, maxThreads: 2 });
    const own = allocator.malloc(100);
    const worker = await allocateIn(allocator, 'freed');
    post('exit', worker.thread);
    await ended(worker);
    allocator.reclaim(worker.posted.slot, { blocks: true });
    expect(liveBlocks(allocator)).toEqual([own]);
    expectAllComesBack(allocator);
  });

  it('makes room for another thread', async () => {
    const allocator = SharedAllocator.create({ size: SIZE, maxThreads: 2 });
    for (let round = 0; round < 3; round++) {
      const worker = await allocateIn(allocator, 'again');
      expect(worker.posted.slot).toBe(1);
      expect(() => SharedAllocator.attach(allocator.handle)).toThrow(RangeError);
      await terminate(worker);
      expect(() => SharedAllocator.attach(allocator.handle)).toThrow(RangeError);
      allocator.reclaim(1, { blocks: true });
    }
    expectAllComesBack(allocator);
  });
});

async function allocateIn({ handle }: SharedAllocator, text: string): Promise<Started<{ slot: number; block: number }>> {
  return start('allocate', { handle, bytes: text.length, text } satisfies Allocate);
}

function liveBlocks(allocator: SharedAllocator): number[] {
  return [...allocator.walk()].filter(({ state }) => state === 'live').map(({ handle }) => handle);
}
