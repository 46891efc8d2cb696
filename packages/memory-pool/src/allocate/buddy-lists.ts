import { ORDERS } from './magazines.ts';

/** In the tag of a unit with which a free block begins, beside the order of that. The tags of all other units are 0. */
const FREE = 0x20;
const ORDER = ORDERS - 1;
const NONE = -1;

/**
 * The binary buddy system: K. C. Knowlton, "A fast storage allocator" (1965); D. E. Knuth, The Art of Computer Programming 1, 2.5,
 * algorithms R and S. A block of order k is 2^k units long and begins at a multiple of that; its buddy is at the index with bit k
 * turned. Free blocks are in one doubly linked list for each order.
 *
 * All arrays are indexed by unit, and what nobody has touched in them is never written, so that the system need not provide it.
 */
export class BuddyLists {
  readonly #tags: Uint8Array;
  readonly #top: number;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #heads = new Int32Array(ORDERS).fill(NONE);
  /** Bit k: there are free blocks of order k. */
  #mask = 0;
  /** Free blocks of each order. */
  readonly counts = new Int32Array(ORDERS);
  splits = 0;
  merges = 0;

  /** `units` in blocks of order `top`, and what is left over in smaller ones. */
  constructor(units: number, top: number) {
    // To the end of the last block of order `top`, so that a buddy has a tag even where it is not.
    this.#tags = new Uint8Array(Math.ceil(units / 2 ** top) * 2 ** top);
    this.#top = top;
    this.#next = new Int32Array(units);
    this.#previous = new Int32Array(units);
    const pieces: [at: number, order: number][] = [];
    for (let at = 0; at < units; ) {
      const order = Math.min(top, 31 - Math.clz32(units - at));
      pieces.push([at, order]);
      at += 2 ** order;
    }
    // The lowest address comes to be the first of its list.
    for (const [at, order] of pieces.reverse()) this.#link(at, order);
  }

  get largestOrder(): number {
    return 31 - Math.clz32(this.#mask);
  }

  /** The order of the smallest free block of at least order `order`, or -1. */
  fitting(order: number): number {
    const mask = order > this.#top ? 0 : (this.#mask >>> order) << order;
    return mask === 0 ? NONE : 31 - Math.clz32(mask & -mask);
  }

  /** The block of order `from` that is taken next. */
  first(from: number): number {
    return this.#heads[from]!;
  }

  /** Takes the lower end of the first block of order `from`, which must be `fitting(order)`. */
  take(from: number, order: number): number {
    const at = this.#heads[from]!;
    this.#unlink(at, from);
    this.splits += from - order;
    const tags = this.#tags;
    while (from > order) {
      from--;
      // Its list is empty, or it would have been the one that fits.
      const half = at + 2 ** from;
      tags[half] = FREE | from;
      this.#next[half] = NONE;
      this.#previous[half] = NONE;
      this.#heads[from] = half;
      this.#mask |= 1 << from;
      this.counts[from] = 1;
    }
    return at;
  }

  /** Gives a block back, joined with its buddy, and that with its buddy, as long as that one is free. */
  put(at: number, order: number): void {
    const tags = this.#tags;
    for (; order < this.#top; order++) {
      const buddy = at ^ (1 << order);
      if (tags[buddy] !== (FREE | order)) break;
      this.#unlink(buddy, order);
      this.merges++;
      at = Math.min(at, buddy);
    }
    this.#link(at, order);
  }

  /** The order of the free block that begins with unit `at`, or -1. */
  freeAt(at: number): number {
    const tag = this.#tags[at]!;
    return tag === 0 ? NONE : tag & ORDER;
  }

  #link(at: number, order: number): void {
    const head = this.#heads[order]!;
    this.#next[at] = head;
    this.#previous[at] = NONE;
    if (head === NONE) this.#mask |= 1 << order;
    else this.#previous[head] = at;
    this.#heads[order] = at;
    this.#tags[at] = FREE | order;
    this.counts[order]!++;
  }

  #unlink(at: number, order: number): void {
    this.#tags[at] = 0;
    const next = this.#next[at]!;
    const previous = this.#previous[at]!;
    if (next !== NONE) this.#previous[next] = previous;
    if (previous !== NONE) this.#next[previous] = next;
    else {
      this.#heads[order] = next;
      if (next === NONE) this.#mask &= ~(1 << order);
    }
    this.counts[order]!--;
  }
}
