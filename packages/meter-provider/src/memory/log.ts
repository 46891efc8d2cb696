import { LOG, NO_ROOM, PAGE, RECORDS, type Arena } from './arena.ts';

/** Where the word of a record's length is this, the log goes on in the next block. */
const CONTINUED = -1;
/** The byte offset of the next block is the first word of a block. */
const HEADER = 4;

/**
 * Writes records, texts of any kind, that stay for ever: blocks in the arena, each with the offset of the next one, and in them one record
 * after the other, its length in bytes and then UTF-8, at 4 bytes each.
 */
export class LogWriter {
  readonly #arena: Arena;
  readonly #slot: number;
  readonly #encoder = new TextEncoder();
  #block: number;
  #at: number;
  #end: number;
  #records: number;

  /** Goes on behind the records that are there. The slot must be the thread's own. */
  constructor(arena: Arena, slot: number, reader: LogReader) {
    this.#arena = arena;
    this.#slot = slot;
    for (const _ of reader.read());
    ({ block: this.#block, at: this.#at, records: this.#records } = reader.position);
    this.#end = this.#block === 0 ? 0 : this.#at;
  }

  /** `false` where the arena has no room left. */
  append(record: string): boolean {
    const text = this.#encoder.encode(record);
    const size = 4 + Math.ceil(text.length / 4) * 4;
    // A word is left for the mark of a continued log.
    if (this.#at + size + 4 > this.#end && !this.#open(size)) return false;
    const { i32, bytes } = this.#arena;
    bytes.set(text, this.#at + 4);
    i32[this.#at / 4] = text.length;
    this.#at += size;
    Atomics.store(i32, this.#arena.threadWord(this.#slot, RECORDS), ++this.#records);
    return true;
  }

  #open(size: number): boolean {
    const { i32 } = this.#arena;
    const wanted = Math.ceil((HEADER + size + 4) / PAGE) * PAGE;
    const block = this.#arena.allocate(wanted);
    if (block === NO_ROOM) return false;
    if (this.#block === 0) i32[this.#arena.threadWord(this.#slot, LOG)] = block;
    else {
      i32[this.#block / 4] = block;
      i32[this.#at / 4] = CONTINUED;
    }
    this.#block = block;
    this.#at = block + HEADER;
    this.#end = block + wanted;
    return true;
  }
}

/** Reads what a thread has written so far, each record once. Any number of readers may do so, in any thread, at any time. */
export class LogReader {
  readonly #arena: Arena;
  readonly #slot: number;
  readonly #decoder = new TextDecoder();
  #block = 0;
  #at = 0;
  #records = 0;

  constructor(arena: Arena, slot: number) {
    this.#arena = arena;
    this.#slot = slot;
  }

  /** The records that have come since. */
  *read(): IterableIterator<string> {
    const { i32, bytes } = this.#arena;
    const end = Atomics.load(i32, this.#arena.threadWord(this.#slot, RECORDS));
    while (this.#records < end) {
      if (this.#block === 0) this.#enter(i32[this.#arena.threadWord(this.#slot, LOG)]!);
      let length = i32[this.#at / 4]!;
      if (length === CONTINUED) {
        this.#enter(i32[this.#block / 4]!);
        length = i32[this.#at / 4]!;
      }
      // TextDecoder does not take shared memory.
      const text = this.#decoder.decode(bytes.slice(this.#at + 4, this.#at + 4 + length));
      this.#at += 4 + Math.ceil(length / 4) * 4;
      this.#records++;
      yield text;
    }
  }

  get position(): { readonly block: number; readonly at: number; readonly records: number } {
    return { block: this.#block, at: this.#at, records: this.#records };
  }

  #enter(block: number): void {
    this.#block = block;
    this.#at = block + HEADER;
  }
}
