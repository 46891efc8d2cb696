import type { CheckedFeed } from './feeds.ts';

/** What a model with ever new dimensions of inputs may fill. */
const MOST_KEYS = 1000;

/**
 * How many bytes outputs took for inputs of the same dimensions, so that room can be made for them before they are there. Where it is not
 * known yet, or was less, an output costs a copy more.
 */
export class OutputSizes {
  readonly #known = new Map<string, readonly number[]>();

  keyOf(feeds: readonly CheckedFeed[], outputs: readonly string[]): string {
    return JSON.stringify([outputs, feeds.map(({ tensor }) => tensor.dims)]);
  }

  /** Of each output, or `undefined`. */
  get(key: string): readonly number[] | undefined {
    return this.#known.get(key);
  }

  learn(key: string, bytes: readonly number[]): void {
    const known = this.#known.get(key);
    if (known !== undefined && bytes.every((count, place) => count <= known[place]!)) return;
    this.#known.delete(key);
    if (this.#known.size >= MOST_KEYS) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, known === undefined ? bytes : bytes.map((count, place) => Math.max(count, known[place]!)));
  }
}
