/** Bytes, and how many renderings have given them to somebody who may not have written them yet. Not to be changed meanwhile. */
export interface HeldBytes {
  readonly bytes: Buffer<ArrayBuffer>;
  /** What `bytes` are the beginning of. */
  readonly whole: Buffer<ArrayBuffer>;
  leases: number;
}

// Of an edit, in `edits`: its slot, where `REMOVED` bytes give way to others, and where these end in `stage`; they begin where those of the
// edit before end. Numbers in one array, since a text that is put together anew may have thousands of them.
const SLOT = 0;
const AT = 1;
const REMOVED = 2;
const STAGED_END = 3;
const EDIT = 4;

/** What pages are about to take in. A page is brought up to date in one go, so that one is enough for all. */
const stage = { bytes: Buffer.alloc(65_536), filled: 0, edits: new Int32Array(EDIT * 64), count: 0 };

/**
 * The text of a page: one slot for each series, which may be empty, one behind the other. What keeps its length is written over in place;
 * all else is put together and makes a new text.
 */
export class PageText {
  readonly #spare: SpareBytes | undefined;
  #held: HeldBytes = held(Buffer.alloc(0));
  /** Where each slot begins, and where the last one ends. */
  readonly #starts: number[] = [0];

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

  /** Before the first edit of a `commit`: forgets what somebody has staged who then did not come to it. */
  begin(): void {
    stage.count = 0;
    stage.filled = 0;
  }

  /** Where to write what `replace` is to put in, from `staged` on: `most` bytes at most. */
  room(most: number): Buffer<ArrayBuffer> {
    const { bytes, filled } = stage;
    if (filled + most <= bytes.length) return bytes;
    stage.bytes = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, filled + most));
    bytes.copy(stage.bytes, 0, 0, filled);
    return stage.bytes;
  }

  get staged(): number {
    return stage.filled;
  }

  /**
   * Puts what was staged up to `end` in the place of `removed` bytes from `at`, which are in `slot`, with the next `commit`. To be told in
   * rising order.
   */
  replace(slot: number, at: number, removed: number, end: number): void {
    const from = EDIT * stage.count++;
    if (from === stage.edits.length) stage.edits = grown(stage.edits, new Int32Array(from * 2));
    const { edits } = stage;
    edits[from + SLOT] = slot;
    edits[from + AT] = at;
    edits[from + REMOVED] = removed;
    edits[from + STAGED_END] = end;
    stage.filled = end;
  }

  /** The same with all of a slot: empties it, or fills it with something else. */
  replaceSlot(slot: number, end: number): void {
    const start = this.start(slot);
    this.replace(slot, start, this.start(slot + 1) - start, end);
  }

  commit(): void {
    const { edits, count, filled } = stage;
    if (count === 0) return;
    const before = this.#held;
    const { bytes: old } = before;
    let length = old.length + filled;
    for (let edit = 0; edit < count; edit++) length -= edits[EDIT * edit + REMOVED]!;
    const bytes = this.#spare?.take(length) ?? Buffer.allocUnsafeSlow(length);
    let from = 0;
    let staged = 0;
    let to = 0;
    for (let edit = 0; edit < count; edit++) {
      const at = edits[EDIT * edit + AT]!;
      const end = edits[EDIT * edit + STAGED_END]!;
      to = copy(old, from, at, bytes, to);
      to = copy(stage.bytes, staged, end, bytes, to);
      from = at + edits[EDIT * edit + REMOVED]!;
      staged = end;
    }
    copy(old, from, old.length, bytes, to);
    this.#moveStarts();
    this.#held = held(bytes, length);
    if (before.leases === 0) this.#spare?.give(before.whole);
    this.begin();
  }

  #moveStarts(): void {
    const { edits, count } = stage;
    let moved = 0;
    let next = 0;
    let staged = 0;
    for (let slot = 0; slot < this.#starts.length; slot++) {
      for (; next < count && edits[EDIT * next + SLOT]! < slot; next++) {
        const end = edits[EDIT * next + STAGED_END]!;
        moved += end - staged - edits[EDIT * next + REMOVED]!;
        staged = end;
      }
      this.#starts[slot]! += moved;
    }
  }
}

/** Bytes up to which a loop is faster than a call. */
const SHORT = 64;

/** Returns the end of the copy. */
function copy(source: Buffer, from: number, end: number, target: Buffer, to: number): number {
  if (end - from > SHORT) return to + source.copy(target, to, from, end);
  let at = to;
  for (let i = from; i < end; i++) target[at++] = source[i]!;
  return at;
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
export function grown<T extends Uint8Array | Int32Array | Float64Array>(array: T, larger: T): T {
  larger.set(array);
  return larger;
}
