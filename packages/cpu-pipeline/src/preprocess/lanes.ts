import { setImmediate } from 'node:timers/promises';

/** Calls `run` with each index, not more than `most` calls at a time. Once one has failed no other starts, and all have ended when it rejects. */
export async function inLanes(count: number, most: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    try {
      while (next < count) await run(next++);
    } catch (error) {
      next = count;
      throw error;
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(count, most) }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
}

/** How long work of this thread may keep its event loop, one item at a time. */
const SLICE_MILLIS = 4;

/** To be called between pieces of work on this thread: lets the event loop go round when its last turn is some time ago. */
export function breather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE_MILLIS) return;
    await setImmediate();
    since = performance.now();
  };
}
