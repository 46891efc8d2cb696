import type { BatchContext, Resource } from './context.ts';
import type { Disposals } from './disposals.ts';
import type { Item } from './item.ts';
import { checkResource } from './resources.ts';
import { SharedResource } from './shared-resource.ts';

export class Batch implements BatchContext {
  readonly stage: string;
  readonly items: readonly Item[];
  readonly #disposals: Disposals;
  #controller: AbortController | undefined;
  readonly #unlisten: (() => void)[] = [];

  constructor(stage: string, items: readonly Item[], disposals: Disposals) {
    this.stage = stage;
    this.items = items;
    this.#disposals = disposals;
  }

  get signal(): AbortSignal {
    const signals = new Set(this.items.map(({ scope }) => scope.signal));
    if (signals.size === 1) return this.items[0]!.signal;
    return (this.#controller ??= this.#abortedWithLast(signals)).signal;
  }

  own<R extends Resource>(resource: R): R {
    checkResource(resource);
    const shared = new SharedResource(resource, this.#disposals);
    // All shares are there before an item that has left already gives its one back.
    const shares = this.items.map(() => shared.share());
    for (const [i, item] of this.items.entries()) item.own(shares[i]!);
    return resource;
  }

  /** The call is over. */
  end(): void {
    for (const unlisten of this.#unlisten) unlisten();
  }

  #abortedWithLast(signals: ReadonlySet<AbortSignal>): AbortController {
    const controller = new AbortController();
    let left = signals.size;
    for (const signal of signals) {
      const aborted = () => {
        if (--left === 0) controller.abort(signal.reason);
      };
      if (signal.aborted) aborted();
      else {
        signal.addEventListener('abort', aborted, { once: true });
        this.#unlisten.push(() => signal.removeEventListener('abort', aborted));
      }
    }
    return controller;
  }
}
