import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';
import { ENDED, LIVE, MOST_THREADS, NOBODY, PARENT, STATE, THREAD_ID, type Arena } from '../memory/arena.ts';
import { Segment } from '../memory/segment.ts';

/**
 * Which thread started it. Its owner tells when it has opened its segment, who ends the segment clears it before. Whoever sees a worker end
 * reads it, since with a worker all end that it had started, and nobody else hears of them.
 */
export function setParent({ arena, slot }: Segment, parent: number): void {
  Atomics.store(arena.i32, arena.threadWord(slot, PARENT), parent);
}

/** Ends the own segment, and no other of this thread. */
export function endSegment({ arena, slot }: Segment): void {
  const { i32 } = arena;
  Atomics.store(i32, arena.threadWord(slot, PARENT), NOBODY);
  Atomics.store(i32, arena.threadWord(slot, THREAD_ID), NOBODY);
  Atomics.store(i32, arena.threadWord(slot, STATE), ENDED);
}

/** Ends the segments of a thread that runs no more, and of those that ended with it. */
export function endThread(arena: Arena, threadId: number): void {
  const { i32 } = arena;
  const children = new Set<number>();
  for (let slot = 0; slot < MOST_THREADS; slot++) {
    if (Atomics.load(i32, arena.threadWord(slot, STATE)) !== LIVE) continue;
    const owner = Atomics.load(i32, arena.threadWord(slot, THREAD_ID));
    const parent = arena.threadWord(slot, PARENT);
    if (owner === threadId) Atomics.store(i32, parent, NOBODY);
    else if (Atomics.load(i32, parent) === threadId) children.add(owner);
  }
  Segment.end(arena, threadId);
  for (const child of children) endThread(arena, child);
}

const CHANNEL = 'worker_threads';

/** Ends the segments of workers that this thread starts from now on, however they end. Returns what stops hearing of new ones. */
export function watchWorkers(arena: Arena): () => void {
  const onWorker = (message: unknown): void => {
    const { worker } = message as { readonly worker: Worker };
    const { threadId } = worker;
    worker.once('exit', () => endThread(arena, threadId));
  };
  subscribe(CHANNEL, onWorker);
  return () => unsubscribe(CHANNEL, onWorker);
}
