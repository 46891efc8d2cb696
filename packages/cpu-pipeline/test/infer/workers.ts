import workerThreads, { type Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Remembers every worker thread that is started until it is disposed of, since a model keeps its threads to itself.
 * @param preload Is imported by each of them first.
 */
export class StartedWorkers implements Disposable {
  readonly workers: Worker[] = [];
  readonly #original = workerThreads.Worker;

  constructor(preload?: URL) {
    const { workers } = this;
    const more = preload === undefined ? {} : { execArgv: ['--import', preload.href] };
    workerThreads.Worker = class extends this.#original {
      constructor(filename: string | URL, options?: WorkerOptions) {
        super(filename, { ...options, ...more });
        workers.push(this);
      }
    };
  }

  get running(): Worker[] {
    return this.workers.filter(({ threadId }) => threadId >= 0);
  }

  [Symbol.dispose](): void {
    workerThreads.Worker = this.#original;
  }
}
