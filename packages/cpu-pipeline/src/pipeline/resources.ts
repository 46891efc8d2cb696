import type { Resource } from './context.ts';
import type { Disposals } from './disposals.ts';

/** What is tied to one item. Each resource is in at most one of two sets, so that it is disposed of once. */
export class Resources {
  readonly #owned = new Set<Resource>();
  /** Those that go to whoever gets the outcome. */
  readonly #delivered = new Set<Resource>();

  own(resource: Resource): void {
    this.#delivered.delete(resource);
    this.#owned.add(resource);
  }

  deliver(resource: Resource): void {
    this.#owned.delete(resource);
    this.#delivered.add(resource);
  }

  release(resource: Resource): boolean {
    return this.#owned.delete(resource) || this.#delivered.delete(resource);
  }

  disposeOwned(disposals: Disposals): void {
    disposeAll(this.#owned, disposals);
  }

  /** Also of those that nobody will get. */
  disposeAll(disposals: Disposals): void {
    disposeAll(this.#owned, disposals);
    disposeAll(this.#delivered, disposals);
  }

  /** Somebody has them. */
  handOver(): void {
    this.#delivered.clear();
  }
}

function disposeAll(set: Set<Resource>, disposals: Disposals): void {
  if (set.size === 0) return;
  const resources = [...set].reverse();
  set.clear();
  for (const resource of resources) disposals.dispose(resource);
}

/** @throws TypeError for what cannot be disposed of. */
export function checkResource(resource: unknown): void {
  if (typeof resource === 'object' || typeof resource === 'function') {
    const { [Symbol.dispose]: dispose, [Symbol.asyncDispose]: asyncDispose } = (resource ?? {}) as Partial<Disposable & AsyncDisposable>;
    if (typeof dispose === 'function' || typeof asyncDispose === 'function') return;
  }
  throw new TypeError('a resource must have a method Symbol.dispose or Symbol.asyncDispose');
}
