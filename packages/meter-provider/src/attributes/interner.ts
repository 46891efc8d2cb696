import type { Attributes } from '@opentelemetry/api';
import { type Edge, findEnd, isLeafValue, Node, Path } from './trie.ts';

export interface InternerOptions {
  /** Of the trie. Where more are wanted, it is begun anew. From 1; 16,384 if absent. */
  readonly mostNodes?: number;
}

const DEFAULT_MOST_NODES = 16_384;
/** Misses of the memo, less its hits, with which it is switched off, and repetitions with which it is switched on again. */
const PATIENCE = 64;
/** Keys that may follow one another in one place of the trie: it is walked key by key. Attributes with more are resolved each time. */
const MOST_KEYS = 16;

/**
 * Finds what belongs to attributes, by their values: whoever changes an object after a call, or makes a new one for each, finds the same for
 * the same attributes and nothing else. What is the same, `canonicalKey` tells; no attributes, `null` and `undefined`, are `{}`.
 *
 * The walk is through a trie of keys and values as they come, so that another order is another path to the same end; and before that, the
 * attributes are compared with those of the last call, as long as this pays. Attributes with values other than strings, numbers, booleans,
 * `null` and `undefined` are resolved each time.
 */
export class Interner<T extends object> {
  readonly #resolve: (attributes: Attributes) => T;
  readonly #mostNodes: number;
  #root = new Node<T>();
  #nodes = 1;
  /** The end of the last walk that had one. */
  #last: Node<T> = this.#root;
  /** The way to `#last`, or none. Kept while `#compares`. */
  readonly #path = new Path();
  #compares = true;
  #misses = 0;
  #repeats = 0;

  /**
   * `resolve` gets a copy of the attributes, their own enumerable keys, that is nobody else's, though arrays in it are the caller's. It must
   * give the same for the same `canonicalKey`: it is asked once for each order of keys, and again when the trie is begun anew.
   * @throws RangeError for a `mostNodes` that is no integer from 1.
   */
  constructor(resolve: (attributes: Attributes) => T, { mostNodes = DEFAULT_MOST_NODES }: InternerOptions = {}) {
    if (!Number.isSafeInteger(mostNodes) || mostNodes < 1)
      throw new RangeError(`mostNodes must be an integer from 1, not ${String(mostNodes)}`);
    this.#resolve = resolve;
    this.#mostNodes = mostNodes;
  }

  /** Throws what `resolve` throws, and what getters and proxies do. */
  get(attributes: Attributes | null | undefined): T {
    return this.find(attributes) ?? this.#learn(attributes ?? {});
  }

  /** As `get`, where no resolving is called for; otherwise `undefined`. */
  find(attributes: Attributes | null | undefined): T | undefined {
    if (attributes === undefined || attributes === null) return this.#root.end;
    if (this.#compares) {
      if (this.#path.equals(attributes)) {
        if (this.#misses > 0) this.#misses--;
        return this.#last.end;
      }
      if (++this.#misses === PATIENCE) this.#compares = false;
      const node = this.#path.walk(this.#root, attributes);
      if (node !== undefined) this.#last = node;
      return node?.end;
    }
    const node = findEnd(this.#root, attributes);
    if (node === undefined) return undefined;
    if (node !== this.#last) {
      this.#last = node;
      this.#repeats = 0;
    } else if (++this.#repeats === PATIENCE) {
      this.#compares = true;
      this.#path.clear();
      this.#misses = 0;
      this.#repeats = 0;
    }
    return node.end;
  }

  #learn(attributes: Attributes): T {
    const entries = Object.entries(attributes);
    const end = this.#resolve(Object.fromEntries(entries));
    if (!entries.every(([, value]) => isLeafValue(value)) || entries.length >= this.#mostNodes) return end;
    if (this.#nodes + entries.length > this.#mostNodes) {
      this.#root = new Node();
      this.#nodes = 1;
    }
    let node: Node<T> | undefined = this.#root;
    for (const [key, value] of entries) {
      const edge: Edge<T> | undefined = node.edge(key) ?? node.addEdge(key, MOST_KEYS);
      if (edge === undefined) return end;
      node = edge.nodes.get(value);
      if (node === undefined) {
        node = new Node();
        edge.nodes.set(value, node);
        this.#nodes++;
      }
    }
    node.end = end;
    node.isEnd = true;
    return end;
  }
}
