import type { StreamDescriptor } from './stream.ts';

/** Puts streams in the order of a collection: scopes as they were first seen, and in them streams, those of one name together. */
export class StreamOrder<T extends { readonly stream: { readonly descriptor: StreamDescriptor } }> {
  readonly #scopes = new Map<string, T[]>();

  add(item: T): void {
    const { scope, name } = item.stream.descriptor;
    const key = JSON.stringify([scope.name, scope.version, scope.schemaUrl]);
    const inScope = this.#scopes.get(key);
    if (inScope === undefined) {
      this.#scopes.set(key, [item]);
      return;
    }
    const same = inScope.findLastIndex(({ stream }) => stream.descriptor.name === name);
    inScope.splice(same < 0 ? inScope.length : same + 1, 0, item);
  }

  /** Those of each scope. */
  scopes(): IterableIterator<readonly T[]> {
    return this.#scopes.values();
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const inScope of this.#scopes.values()) yield* inScope;
  }
}
