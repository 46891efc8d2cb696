import { COUNTS, FREE, HEADS, MASK, MERGES, ORDERS, SPLITS, STRIDE, type SharedState } from './layout.ts';

const NONE = -1;

/**
 * The binary buddy system (K. C. Knowlton, "A fast storage allocator", 1965; D. E. Knuth, The Art of Computer Programming 1, 2.5) on
 * shared words. Only the holder of the lock may call it. The order of its writes is told in `SharedState`.
 */
export class FreeLists {
  readonly #header: Int32Array;
  readonly #totals: Float64Array;
  readonly #tags: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #units: number;

  constructor({ header, totals, tags, links, previous, units }: SharedState) {
    this.#header = header;
    this.#totals = totals;
    this.#tags = tags;
    this.#next = links;
    this.#previous = previous;
    this.#units = units;
  }

  /** All of it free, in the largest blocks there can be. */
  start(): void {
    const units = this.#units;
    this.clear();
    const pieces: [at: number, order: number][] = [];
    for (let at = 0; at < units; ) {
      const order = 31 - Math.clz32(units - at);
      pieces.push([at, order]);
      at += 2 ** order;
    }
    for (const [at, order] of pieces.reverse()) this.#link(at, order);
  }

  /** Takes a block of `order` and gives it the state and owner `bits`. -1 where there is none. */
  take(order: number, bits: number): number {
    const fitting = (this.#header[MASK]! >>> order) << order;
    if (fitting === 0) return NONE;
    let from = 31 - Math.clz32(fitting & -fitting);
    const at = this.#header[HEADS + from]!;
    this.#unlink(at, from);
    this.#totals[SPLITS]! += from - order;
    while (from > order) {
      from--;
      this.#link(at + 2 ** from, from);
      this.#tags[STRIDE * at] = FREE | from;
    }
    this.#tags[STRIDE * at] = bits | order;
    return at;
  }

  /** Gives a block back, joined with its buddy, and that with its buddy, as long as that one is free. */
  put(at: number, order: number): void {
    this.#join(at, order, this.#units);
  }

  /** Forgets the lists, to be followed by `restore` for each free block, in rising order. */
  clear(): void {
    this.#header.fill(NONE, HEADS, HEADS + ORDERS);
    this.#header.fill(0, COUNTS, COUNTS + ORDERS);
    this.#header[MASK] = 0;
  }

  /** As `put`, for a block above which nothing is in the lists yet. */
  restore(at: number, order: number): void {
    if (order > 0) this.#tags[STRIDE * (at + 2 ** (order - 1))] = 0;
    this.#join(at, order, at);
  }

  /** With buddies that begin below `end`. */
  #join(at: number, order: number, end: number): void {
    const tags = this.#tags;
    for (;;) {
      const buddy = at ^ (1 << order);
      if (buddy >= end || tags[STRIDE * buddy] !== (FREE | order)) break;
      this.#unlink(buddy, order);
      this.#totals[MERGES]!++;
      const upper = Math.max(at, buddy);
      at = Math.min(at, buddy);
      order++;
      tags[STRIDE * at] = FREE | order;
      tags[STRIDE * upper] = 0;
    }
    this.#link(at, order);
  }

  #link(at: number, order: number): void {
    const header = this.#header;
    const head = header[HEADS + order]!;
    this.#next[STRIDE * at] = head;
    this.#previous[STRIDE * at] = NONE;
    if (head === NONE) header[MASK]! |= 1 << order;
    else this.#previous[STRIDE * head] = at;
    header[HEADS + order] = at;
    header[COUNTS + order]!++;
    this.#tags[STRIDE * at] = FREE | order;
  }

  #unlink(at: number, order: number): void {
    const header = this.#header;
    const next = this.#next[STRIDE * at]!;
    const previous = this.#previous[STRIDE * at]!;
    if (next !== NONE) this.#previous[STRIDE * next] = previous;
    if (previous !== NONE) this.#next[STRIDE * previous] = next;
    else {
      header[HEADS + order] = next;
      if (next === NONE) header[MASK]! &= ~(1 << order);
    }
    header[COUNTS + order]!--;
  }
}
