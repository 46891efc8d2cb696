import { constants, getPriority, setPriority } from 'node:os';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';

/** What counts as a tenth of the work beside it where both want the same processor. */
const STEPS = 10;
const NOTHING = new Uint8Array(0);

/**
 * Has this thread wait for those of the service where there are not enough processors for all. On Linux alone, where a thread has a
 * priority of its own, and a call that names no process means the thread that makes it (setpriority(2), "C library/kernel differences").
 * Elsewhere it would be the whole process.
 */
export async function letOthersGoFirst(): Promise<void> {
  if (process.platform !== 'linux') return;
  // Threads inherit priorities: those that libuv has for the whole process are there from here on, if they were not already.
  await promisify(deflateRaw)(NOTHING);
  try {
    setPriority(0, Math.min(getPriority(0) + STEPS, constants.priority.PRIORITY_LOW));
  } catch {
    // A sandbox may forbid it. Then it is as before.
  }
}
