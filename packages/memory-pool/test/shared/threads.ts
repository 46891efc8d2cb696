import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

export interface Started<T> {
  readonly thread: Worker;
  /** Its first message. */
  readonly posted: T;
  /** What it throws, once it has ended. */
  readonly end: Promise<unknown>;
}

/** Starts `fixtures/<name>.ts` and waits for its first message, which it posts when it is about to begin. */
export async function start<T>(name: string, workerData: object): Promise<Started<T>> {
  const url = new URL(`./fixtures/${name}.ts`, import.meta.url);
  const thread = new Worker(url, { workerData, execArgv: ['--conditions=@otel-perf/source', '--no-warnings'] });
  let thrown: unknown;
  thread.on('error', (error) => (thrown = error));
  const end = new Promise<unknown>((resolve) => thread.once('exit', () => resolve(thrown)));
  const posted = await Promise.race([once(thread, 'message'), end]);
  if (!Array.isArray(posted)) throw posted;
  return { thread, posted: posted[0] as T, end };
}

/** Waits until a thread has ended and what is to be done then is done. @throws what the thread has thrown */
export async function ended({ end }: Started<unknown>): Promise<void> {
  const thrown = await end;
  await sleep(0);
  if (thrown !== undefined) throw thrown;
}

export async function terminate({ thread, end }: Started<unknown>): Promise<void> {
  await thread.terminate();
  await end;
  await sleep(0);
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

export { sleep };
