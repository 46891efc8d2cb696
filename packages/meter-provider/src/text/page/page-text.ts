/** Bytes, and how many renderings have given them to somebody who may not have written them yet. Not to be changed meanwhile. */
export interface HeldBytes {
  readonly bytes: Buffer<ArrayBuffer>;
  /** What `bytes` are the beginning of. */
  readonly whole: Buffer<ArrayBuffer>;
  leases: number;
}

interface Edit {
  readonly slot: number;
  /** Where `removed` bytes give way to `added` bytes, which are `staged`. */
  readonly at: number;
  readonly removed: number;
  readonly staged: number;
  readonly added: number;
}

/** What pages are about to take in. A page is brought up to date in one go, so that one is enough for all. */
const stage = { bytes: Buffer.alloc(65_536), filled: 0 };

/**
 * The text of a page: one slot for each series, which may be empty, one behind the other. What keeps its length is written over in place;
 * all else is put together and makes a new text.
 */
export class PageText {
  readonly #spare: SpareBytes | undefined;
  #held: HeldBytes = held(Buffer.alloc(0));
  /** Where each slot begins, and where the last one ends. */
  readonly #starts: number[] = [0];
  #edits: Edit[] = [];

  /** @param spare for pages that are put together anew again and again. */
  constructor(spare?: SpareBytes) {
    this.#spare = spare;
  }

  get held(): HeldBytes {
    return this.#held;
  }

  addSlot(): void {
    this.#starts.push(this.#held.bytes.length);
  }

  start(slot: number): number {
    return this.#starts[slot]!;
  }

  /** To write over in place, until the next `commit`: a copy where somebody has the bytes. */
  writable(): Buffer<ArrayBuffer> {
    if (this.#held.leases > 0) {
      const bytes = Buffer.allocUnsafeSlow(this.#held.bytes.length);
      this.#held.bytes.copy(bytes);
      this.#held = held(bytes);
    }
    return this.#held.bytes;
  }

  /**
   * Puts other bytes in the place of `removed` ones from `at`, which are in `slot`, with the next `commit`: those that `put` writes to a buffer
   * from a place on, where `most` have room, and of which it returns the end. To be told in rising order.
   */
  replace(slot: number, at: number, removed: number, most: number, put: (bytes: Buffer, from: number) => number): void {
    const from = stage.filled;
    if (from + most > stage.bytes.length) {
      const bytes = Buffer.allocUnsafeSlow(Math.max(stage.bytes.length * 2, from + most));
      stage.bytes.copy(bytes, 0, 0, from);
      stage.bytes = bytes;
    }
    stage.filled = put(stage.bytes, from);
    this.#edits.push({ slot, at, removed, staged: from, added: stage.filled - from });
  }

  /** Empties a slot, or fills it with something else. */
  replaceSlot(slot: number, most: number, put: (bytes: Buffer, from: number) => number): void {
    const start = this.start(slot);
    this.replace(slot, start, this.start(slot + 1) - start, most, put);
  }

  commit(): void {
    const edits = this.#edits;
    if (edits.length === 0) return;
    const before = this.#held;
    const { bytes: old } = before;
    let { length } = old;
    for (const { added, removed } of edits) length += added - removed;
    const bytes = this.#spare?.take(length) ?? Buffer.allocUnsafeSlow(length);
    let from = 0;
    let to = 0;
    for (const { at, removed, staged, added } of edits) {
      to += old.copy(bytes, to, from, at);
      to += stage.bytes.copy(bytes, to, staged, staged + added);
      from = at + removed;
    }
    old.copy(bytes, to, from);
    this.#moveStarts(edits);
    this.#held = held(bytes, length);
    if (before.leases === 0) this.#spare?.give(before.whole);
    this.#edits = [];
    stage.filled = 0;
  }

  #moveStarts(edits: readonly Edit[]): void {
    let moved = 0;
    let next = 0;
    for (let slot = 0; slot < this.#starts.length; slot++) {
      for (let edit = edits[next]; edit !== undefined && edit.slot < slot; edit = edits[++next]) moved += edit.added - edit.removed;
      this.#starts[slot]! += moved;
    }
  }
}

function held(whole: Buffer<ArrayBuffer>, length: number = whole.length): HeldBytes {
  return { bytes: whole.subarray(0, length), whole, leases: 0 };
}

/**
 * The bytes of the page that was put together anew last, for the next one. Fresh memory for all that is put together would cost more than
 * putting it together.
 */
export class SpareBytes {
  #bytes: Buffer<ArrayBuffer> | undefined;

  /** At least so many, or `undefined` where a page of its own size is as good. */
  take(length: number): Buffer<ArrayBuffer> | undefined {
    if (length < WORTHWHILE) return undefined;
    const bytes = this.#bytes;
    const most = Math.ceil(length * (1 + SLACK));
    if (bytes === undefined || bytes.length < length || bytes.length > most) return Buffer.allocUnsafeSlow(most);
    this.#bytes = undefined;
    return bytes;
  }

  give(bytes: Buffer<ArrayBuffer>): void {
    if (bytes.length >= WORTHWHILE) this.#bytes = bytes;
  }
}

const WORTHWHILE = 16_384;
/** Of a page: as much as pages of one size differ, with what they grow. */
const SLACK = 1 / 32;

/** `larger`, with the elements of `array` first. */
export function grown<T extends Uint8Array | Float64Array>(array: T, larger: T): T {
  larger.set(array);
  return larger;
}
