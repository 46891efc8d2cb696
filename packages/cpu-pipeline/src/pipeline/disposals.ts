import { diag } from '@opentelemetry/api';
import type { Resource } from './context.ts';

/** Where resources end: counts the asynchronous ones that are not done yet, and logs what disposing throws. */
export class Disposals {
  pending = 0;
  readonly #pipeline: string;
  readonly #done: () => void;

  /** Calls `done` after each asynchronous one, when `pending` has fallen. */
  constructor(pipeline: string, done: () => void) {
    this.#pipeline = pipeline;
    this.#done = done;
  }

  /** As `await using` does, `Symbol.asyncDispose` comes first where a resource has both. */
  dispose(resource: Resource): void {
    try {
      const { [Symbol.asyncDispose]: disposeLater } = resource as Partial<AsyncDisposable>;
      if (disposeLater === undefined) (resource as Disposable)[Symbol.dispose]();
      else void this.#wait(disposeLater.call(resource as AsyncDisposable));
    } catch (error) {
      this.#log(error);
    }
  }

  async #wait(disposing: PromiseLike<void>): Promise<void> {
    this.pending++;
    try {
      await disposing;
    } catch (error) {
      this.#log(error);
    }
    this.pending--;
    this.#done();
  }

  #log(error: unknown): void {
    diag.error(`pipeline ${JSON.stringify(this.#pipeline)}: a resource could not be disposed of`, error);
  }
}
