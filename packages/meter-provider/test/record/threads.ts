import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { LIVE, MOST_THREADS, STATE, type Arena } from '../../src/memory/arena.ts';
import type { StreamDescriptor } from '../../src/model/stream.ts';
import type { CountOnce } from './fixtures/count-once.ts';
import type { Work } from './fixtures/work.ts';

const execArgv = ['--conditions=@otel-perf/source', '--no-warnings'];

export interface Started {
  readonly worker: Worker;
  /** Its id, and those of the threads that it started. */
  readonly threads: readonly number[];
  /** Resolves with what it threw, once it has ended. */
  readonly end: Promise<unknown>;
}

/** Starts a thread that does `work`, and waits until it has recorded all. */
export async function start(work: Work): Promise<Started> {
  const worker = new Worker(new URL('./fixtures/work.ts', import.meta.url), {
    workerData: work,
    execArgv,
  });
  let thrown: unknown;
  worker.on('error', (error) => (thrown = error));
  const end = new Promise<unknown>((resolve) => worker.once('exit', () => resolve(thrown)));
  const posted = new Promise<number[]>((resolve) => worker.once('message', resolve));
  const threads = await Promise.race([posted, end]);
  if (!Array.isArray(threads)) throw threads;
  return { worker, threads: threads as number[], end };
}

/** As `start`, and waits for its end. */
export async function run(work: Work): Promise<unknown> {
  return (await start(work)).end;
}

/** Starts a thread that counts in a stream of sums, once, and waits for its end. */
export async function countOnce(stream: StreamDescriptor): Promise<void> {
  const worker = new Worker(new URL('./fixtures/count-once.ts', import.meta.url), { workerData: { stream } satisfies CountOnce, execArgv });
  await once(worker, 'exit');
}

export async function terminate({ worker, end }: Started): Promise<void> {
  await worker.terminate();
  await end;
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

/** Slots of threads that are at work. */
export function liveSlots(arena: Arena): number[] {
  return Array.from({ length: MOST_THREADS }, (_, slot) => slot).filter(
    (slot) => Atomics.load(arena.i32, arena.threadWord(slot, STATE)) === LIVE,
  );
}
