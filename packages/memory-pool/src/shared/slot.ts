import {
  BEFORE,
  CACHED,
  EVER,
  LIVE,
  NOW,
  ORDER,
  ORDERS,
  ownerBits,
  PENDING,
  REQUESTED_EVER,
  STRIDE,
  TAKEN,
  TOP,
  type SharedState,
} from './layout.ts';

/**
 * What one thread has for itself: a magazine of cached blocks for each order, and its part of the statistics. Nobody else writes there,
 * so that most operations need no lock. Magazines: J. Bonwick and J. Adams, "Magazines and Vmem" (2001).
 */
export class Slot {
  readonly id: number;
  /** Blocks in the magazine of each order, then `PENDING`. */
  readonly counts: Int32Array;
  readonly figures: Float64Array;
  readonly cached: number;
  readonly live: number;
  readonly #magazines: Int32Array;
  readonly #most: number;
  readonly #tags: Int32Array;
  readonly #requested: Int32Array;

  constructor(state: SharedState, id: number) {
    const { counts, magazines, figures } = state.slots[id]!;
    this.id = id;
    this.counts = counts;
    this.figures = figures;
    this.cached = CACHED | ownerBits(id);
    this.live = LIVE | ownerBits(id);
    this.#magazines = magazines;
    this.#most = magazines.length / ORDERS;
    this.#tags = state.tags;
    this.#requested = state.links;
  }

  /** The block that came last into the magazine of `order`, or -1. One that has left it by another thread's hands is passed over. */
  pop(order: number): number {
    const { counts } = this;
    for (let last = counts[order]! - 1; last >= 0; last--) {
      counts[order] = last;
      const block = this.#magazines[order * this.#most + last]!;
      if (this.#tags[STRIDE * block] === (this.cached | order)) return block;
    }
    return -1;
  }

  /** `order` must have room. */
  push(block: number, order: number): void {
    const count = this.counts[order]!;
    this.#magazines[order * this.#most + count] = block;
    this.counts[order] = count + 1;
  }

  /** Makes a block live that this slot has cached, and counts it. */
  handOut(block: number, order: number, bytes: number): void {
    const { counts, figures } = this;
    const before = figures[NOW + 2]!;
    figures[BEFORE] = before;
    counts[PENDING] = block + 1;
    figures[EVER + order]!++;
    figures[REQUESTED_EVER]! += bytes;
    this.#requested[STRIDE * block] = bytes;
    this.#tags[STRIDE * block] = this.live | order;
    const blocks = figures[NOW]! + 1;
    const units = figures[NOW + 1]! + (1 << order);
    const requested = before + bytes;
    figures[NOW] = blocks;
    figures[NOW + 1] = units;
    figures[NOW + 2] = requested;
    if (blocks > figures[TOP]!) figures[TOP] = blocks;
    if (units > figures[TOP + 1]!) figures[TOP + 1] = units;
    if (requested > figures[TOP + 2]!) figures[TOP + 2] = requested;
    counts[PENDING] = 0;
  }

  /**
   * Makes a live block with this tag one that this slot has cached, and counts it. False, and nothing has happened, if another thread was
   * quicker.
   *
   * Where others may not free it in the same moment a plain write does, which is most of what a pair of `malloc` and `free` saves: an
   * atomic one waits for all writes before it. If one does so all the same, in error, both may succeed: the later write says in whose
   * magazine the block is, and `pop` passes over it in the other one.
   */
  claim(block: number, tag: number, othersMay: boolean): boolean {
    const { counts, figures } = this;
    const before = figures[NOW + 2]!;
    figures[BEFORE] = before;
    counts[PENDING] = -1 - block;
    const order = tag & ORDER;
    if (!othersMay) this.#tags[STRIDE * block] = this.cached | order;
    else if (Atomics.compareExchange(this.#tags, STRIDE * block, tag, this.cached | order) !== tag) {
      counts[PENDING] = 0;
      return false;
    }
    figures[NOW]!--;
    figures[NOW + 1]! -= 1 << order;
    figures[NOW + 2] = before - this.#requested[STRIDE * block]!;
    counts[PENDING] = 0;
    return true;
  }

  /** Completes the count of an operation that was cut short, or takes it back where the tag was not changed yet. */
  settle(): void {
    const { counts, figures } = this;
    const pending = counts[PENDING]!;
    if (pending === 0) return;
    const block = Math.abs(pending) - 1;
    const tag = this.#tags[STRIDE * block]!;
    const before = figures[BEFORE]!;
    if (pending > 0) figures[NOW + 2] = tag === (this.live | (tag & ORDER)) ? before + this.#requested[STRIDE * block]! : before;
    else figures[NOW + 2] = tag === (this.cached | (tag & ORDER)) ? before - this.#requested[STRIDE * block]! : before;
    counts[PENDING] = 0;
  }

  /** Counts from `TAKEN`, for a slot with empty magazines. */
  recount(): void {
    const { figures } = this;
    let blocks = 0;
    let units = 0;
    for (let order = 0; order < ORDERS; order++) {
      const taken = figures[TAKEN + order]!;
      blocks += taken;
      units += taken * 2 ** order;
    }
    figures[NOW] = blocks;
    figures[NOW + 1] = units;
    figures.copyWithin(TOP, NOW, NOW + 3);
  }
}
