import type { Parent } from '../observe/stage-span.ts';
import type { Item } from './item.ts';

/** Whoever brought items, a run or a caller of `submit`: they get the outcomes, and cancel them together. */
export abstract class Scope {
  /** Where spans belong; `undefined` while tracing is off. */
  readonly parent: Parent | undefined;
  #controller: AbortController | undefined;
  #cancelled: { readonly reason: unknown } | undefined;

  constructor(parent: Parent | undefined) {
    this.parent = parent;
  }

  get cancelled(): boolean {
    return this.#cancelled !== undefined;
  }

  /** Made when a stage asks for it: most don't. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#cancelled !== undefined) this.#controller.abort(this.#cancelled.reason);
    }
    return this.#controller.signal;
  }

  /** An item has its outcome. Not called for items that are cancelled. */
  abstract settled(item: Item): void;

  /** Ends it now, unless it has ended: whoever waits for an outcome gets `reason`, and no item is worked on any more. */
  abstract cancel(reason: unknown): void;

  /** From now on, what calls bring is dropped. */
  protected markCancelled(reason: unknown): void {
    this.#cancelled = { reason };
  }

  /** Tells the calls that are under way. */
  protected abort(): void {
    this.#controller?.abort(this.#cancelled?.reason);
  }
}
