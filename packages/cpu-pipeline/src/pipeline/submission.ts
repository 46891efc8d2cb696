import type { Parent } from '../observe/stage-span.ts';
import type { Flow } from './flow.ts';
import type { Item } from './item.ts';
import { Scope } from './scope.ts';

/** One item of a caller, and the promise that they have of its result. */
export class Submission extends Scope {
  readonly promise: Promise<unknown>;
  readonly #flow: Flow;
  readonly #signal: AbortSignal | undefined;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;
  #item: Item | undefined;

  /** `signal` must not be aborted yet. */
  constructor(flow: Flow, input: unknown, signal: AbortSignal | undefined, parent: Parent | undefined) {
    super(parent);
    this.#flow = flow;
    this.#signal = signal;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    flow.scopes.add(this);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    flow.enter(this, 0, input, (item) => (this.#item = item));
  }

  settled(item: Item): void {
    this.#end();
    if (item.failure === undefined) {
      item.taken();
      this.#resolve(item.value);
    } else this.#reject(item.failure.error);
  }

  cancel(reason: unknown): void {
    if (this.cancelled || this.#item!.left) return;
    this.markCancelled(reason);
    this.#end();
    this.#reject(reason);
    if (this.#item!.line !== undefined) this.#flow.cancelled(this.#item!);
    this.abort();
    this.#flow.pump();
  }

  readonly #onAbort = (): void => this.cancel(this.#signal!.reason);

  #end(): void {
    // One that is aborted lets go of it by itself: to look for it among those of many callers would take long.
    if (this.#signal?.aborted === false) this.#signal.removeEventListener('abort', this.#onAbort);
    this.#flow.scopes.delete(this);
  }
}
