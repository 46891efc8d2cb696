import type { ItemContext, Resource } from './context.ts';
import type { Disposals } from './disposals.ts';
import { checkResource, Resources } from './resources.ts';
import type { Scope } from './scope.ts';
import type { WaitingLine } from './waiting-line.ts';

/**
 * On its way through a pipeline. It waits while it has a `line`; otherwise a call of a stage has it, until it has left. After that its
 * outcome is here.
 */
export class Item implements ItemContext {
  readonly index: number;
  readonly input: unknown;
  readonly scope: Scope;
  /** In milliseconds of `performance.now()`. */
  readonly enteredAt: number;
  /** Whether its times go into the metrics. */
  readonly timed: boolean;
  /** The input of the stage that comes next; of one that has left, the result. */
  value: unknown;
  line: WaitingLine | undefined;
  /** When it came into its line; only where somebody will ask. */
  queuedAt = 0;
  stage = '';
  left = false;
  /** Of one that has left. */
  failure: { readonly error: unknown; readonly stage: string } | undefined;
  readonly #disposals: Disposals;
  #resources: Resources | undefined;

  constructor(scope: Scope, index: number, input: unknown, enteredAt: number, timed: boolean, disposals: Disposals) {
    this.scope = scope;
    this.index = index;
    this.input = input;
    this.value = input;
    this.enteredAt = enteredAt;
    this.timed = timed;
    this.#disposals = disposals;
  }

  get signal(): AbortSignal {
    return this.scope.signal;
  }

  own<R extends Resource>(resource: R): R {
    checkResource(resource);
    if (this.left) this.#disposals.dispose(resource);
    else (this.#resources ??= new Resources()).own(resource);
    return resource;
  }

  release(resource: Resource): boolean {
    return this.#resources?.release(resource) ?? false;
  }

  deliver<R extends Resource>(resource: R): R {
    checkResource(resource);
    if (this.left) this.#disposals.dispose(resource);
    else (this.#resources ??= new Resources()).deliver(resource);
    return resource;
  }

  /** Its outcome is there: what is delivered with it stays until it is taken or dropped. */
  finish(): void {
    this.left = true;
    this.#resources?.disposeOwned(this.#disposals);
  }

  /** The outcome is with whoever wanted it. */
  taken(): void {
    this.#resources?.handOver();
  }

  /** Nobody will get a result of it. */
  drop(): void {
    this.left = true;
    this.value = undefined;
    this.#resources?.disposeAll(this.#disposals);
  }
}
