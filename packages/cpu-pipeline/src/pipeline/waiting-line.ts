import type { Item } from './item.ts';
import { RingQueue } from './ring-queue.ts';

/** How many cancelled items may lie in a line besides as many as wait. */
const MOST_GONE = 64;

/**
 * Items that wait, in order. One that is cancelled leaves at once: its place in the ring is skipped, and swept when such places are more
 * than those of items, so that leaving costs the same however long the line is.
 */
export class WaitingLine {
  readonly #places = new RingQueue<Item>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: Item): void {
    item.line = this;
    this.#places.push(item);
    this.#length++;
  }

  peek(): Item | undefined {
    for (;;) {
      const item = this.#places.peek();
      if (item === undefined || item.line === this) return item;
      this.#places.shift();
    }
  }

  shift(): Item | undefined {
    const item = this.peek();
    if (item === undefined) return undefined;
    this.#places.shift();
    item.line = undefined;
    this.#length--;
    return item;
  }

  remove(item: Item): void {
    item.line = undefined;
    this.#length--;
    if (this.#places.length > 2 * this.#length + MOST_GONE) this.#places.retain(({ line }) => line === this);
  }
}
