import { describe, expect, it, jest } from '@jest/globals';
import { SharedState } from '../../src/shared/layout.ts';
import { LockHeldError } from '../../src/shared/lock.ts';
import { SharedAllocator } from '../../src/shared/shared-allocator.ts';
import type { HoldLock } from './fixtures/hold-lock.ts';
import { post } from './fixtures/post.ts';
import { ended, start, terminate, until, type Started } from './threads.ts';
import { expectAllComesBack, expectWhole } from './whole.ts';

// Threads start slowly on a busy machine.
jest.setTimeout(60_000);

const UNIT = 256;

function pool(): SharedAllocator {
  return SharedAllocator.create({ size: 1024 * UNIT, minBlockSize: UNIT, maxThreads: 4, lockTimeoutMillis: 30 });
}

async function holdLock({ handle }: SharedAllocator, end: HoldLock['end']): Promise<Started<{ slot: number }>> {
  return start('hold-lock', { handle, end } satisfies HoldLock);
}

describe('a thread that dies with the lock in hand', () => {
  it.each(['terminate', 'exit', 'throw'] as const)('is made good when it is reclaimed: %s', async (end) => {
    const allocator = pool();
    const kept = allocator.malloc(UNIT);
    const worker = await holdLock(allocator, end);
    if (end === 'terminate') await worker.thread.terminate();
    await worker.end;
    expect(() => allocator.malloc(UNIT * 200)).toThrow(LockHeldError);
    allocator.reclaim(worker.posted.slot);
    expect(allocator.requestedOf(kept)).toBe(UNIT);
    expectWhole(allocator);
    expectAllComesBack(allocator);
  });

  it('keeps others waiting only until it is reclaimed', async () => {
    const allocator = SharedAllocator.create({ size: 1024 * UNIT, minBlockSize: UNIT, maxThreads: 4 });
    const holder = await holdLock(allocator, 'terminate');
    const waiters = await Promise.all([
      start('malloc-once', { handle: allocator.handle }),
      start('malloc-once', { handle: allocator.handle }),
    ]);
    await until(() => new SharedState(allocator.handle).header[0] !== holder.posted.slot + 1);
    allocator.watch(holder.thread, { blocks: true });
    await Promise.all([terminate(holder), ...waiters.map(ended)]);
    expectWhole(allocator);
    expectAllComesBack(allocator);
  });

  it('may be seen to end after another one that waits for it to be reclaimed', async () => {
    const allocator = pool();
    const holder = await holdLock(allocator, 'terminate');
    const other = await start('malloc-once', { handle: SharedAllocator.attach(allocator.handle).handle });
    const { attached } = new SharedState(allocator.handle);
    allocator.watch(holder.thread, { blocks: true });
    allocator.watch(other.thread, { blocks: true });
    await terminate(other);
    await terminate(holder);
    await until(() => [...attached].filter((thread) => thread !== 0).length === 2);
    expectWhole(allocator);
  });
});

describe('an operation that cannot get the lock', () => {
  it('says who holds it, and has changed nothing', async () => {
    const allocator = pool();
    const blocks = [UNIT, UNIT * 200].map((bytes) => allocator.malloc(bytes));
    const before = [...allocator.walk()];
    const stats = allocator.stats();
    const holder = await start<{ slot: number }>('sit-on-lock', { handle: allocator.handle });
    for (const operation of [
      () => allocator.malloc(UNIT * 200),
      () => allocator.free(blocks[1]!),
      () => allocator.drain(),
      () => allocator.detach(),
    ]) {
      expect(operation).toThrow(expect.objectContaining({ name: 'LockHeldError', slot: holder.posted.slot }));
    }
    expect([...allocator.walk()]).toEqual(before);
    expect(allocator.stats()).toEqual(stats);
    // What is cached needs no lock.
    allocator.free(blocks[0]!);
    expect(allocator.malloc(UNIT)).toBe(blocks[0]);
    post('leave', holder.thread);
    await ended(holder);
    for (const block of blocks) allocator.free(block);
    expectAllComesBack(allocator);
  });
});
