import { Worker } from 'node:worker_threads';

/** Is terminated when it is disposed of. */
export interface Started<T> extends AsyncDisposable {
  readonly thread: Worker;
  /** Its messages in order. @throws what the thread throws */
  next(): Promise<T>;
  /** Resolves when it has ended. @throws what the thread has thrown */
  readonly ended: Promise<void>;
}

/** Starts a fixture, which is a worker thread on the sources. */
export function start<T>(url: URL, workerData: object): Started<T> {
  const thread = new Worker(url, { workerData, execArgv: ['--conditions=@otel-perf/source', '--no-warnings'] });
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  // Whoever waits for a message hears of it as well.
  ended.catch(() => undefined);
  thread.once('error', reject);
  thread.once('exit', () => resolve());
  const messages: T[] = [];
  const waiting: ((message: T) => void)[] = [];
  thread.on('message', (message: T) => {
    const first = waiting.shift();
    if (first === undefined) messages.push(message);
    else first(message);
  });
  const next = async (): Promise<T> => {
    if (messages.length > 0) return messages.shift()!;
    const message = new Promise<T>((received) => waiting.push(received));
    const nothing = ended.then(() => {
      throw new Error('the thread ended without another message');
    });
    return Promise.race([message, nothing]);
  };
  const terminate = async (): Promise<void> => void (await thread.terminate());
  return { thread, next, ended, [Symbol.asyncDispose]: terminate };
}
