import { GRANULE, type SlabClass } from './slab-classes.ts';

const NONE = -1;
const FIRST_CAPACITY = 8;

/** What there is of each run, before a word for each slot: what was asked for, or minus the number of the next free slot, or 0. */
const PAGE = 0;
const USED = 1;
/** The first free slot that was used before, numbered from 1; 0 where there is none. */
const FREED = 2;
/** Slots from here on were never used. */
const FRESH = 3;
const NEXT = 4;
const PREVIOUS = 5;
const HEADER = 6;

/**
 * The runs of one class and which of their slots are in use, kept in one table and not in the memory itself; a run is known by its number
 * in it. Those that have room are in a list, the one that changed last first.
 */
export class SlabCache {
  readonly kind: SlabClass;
  readonly #starts: Int32Array;
  readonly #slots: number;
  readonly #granules: number;
  readonly #granulesLog2: number;
  readonly #stride: number;
  #words: Int32Array;
  #count = 0;
  /** Numbers of runs that were given back, linked by `NEXT`. */
  #unused = NONE;
  #first = NONE;
  #empty = NONE;

  constructor(kind: SlabClass) {
    this.kind = kind;
    this.#starts = kind.starts;
    this.#slots = kind.slots;
    this.#granules = kind.runSize / GRANULE;
    this.#granulesLog2 = Math.log2(this.#granules);
    this.#stride = HEADER + kind.slots;
    this.#words = new Int32Array(FIRST_CAPACITY * this.#stride);
  }

  /** A run that has room, or -1. */
  get first(): number {
    return this.#first;
  }

  /** The run that is all free, or -1. There is never more than one, see `release`. */
  get empty(): number {
    return this.#empty;
  }

  /** Takes in a run that begins with `page`. A slot must be taken from it next. */
  add(page: number): number {
    let run = this.#unused;
    if (run === NONE) run = this.#number();
    else this.#unused = this.#words[run * this.#stride + NEXT]!;
    const at = run * this.#stride;
    this.#words.fill(0, at, at + this.#stride);
    this.#words[at + PAGE] = page;
    this.#link(run);
    return run;
  }

  /** Forgets a run, which must be in the list. */
  remove(run: number): void {
    this.#unlink(run);
    if (run === this.#empty) this.#empty = NONE;
    this.#words[run * this.#stride + NEXT] = this.#unused;
    this.#unused = run;
  }

  /** A slot of a run that has room. */
  take(run: number, bytes: number): number {
    const words = this.#words;
    const at = run * this.#stride;
    let slot = words[at + FREED]! - 1;
    if (slot === NONE) slot = words[at + FRESH]!++;
    else words[at + FREED] = -words[at + HEADER + slot]!;
    words[at + HEADER + slot] = bytes;
    if (run === this.#empty) this.#empty = NONE;
    if (++words[at + USED]! === this.#slots) this.#unlink(run);
    return slot;
  }

  /** `slot` must be in use. Whether all of the run is free now while another one has room: then it must be removed. */
  release(run: number, slot: number): boolean {
    const words = this.#words;
    const at = run * this.#stride;
    words[at + HEADER + slot] = -words[at + FREED]!;
    words[at + FREED] = slot + 1;
    const used = --words[at + USED]!;
    if (used === this.#slots - 1) this.#link(run);
    if (used > 0) return false;
    if (words[at + NEXT] !== NONE || words[at + PREVIOUS] !== NONE) return true;
    this.#empty = run;
    return false;
  }

  pageOf(run: number): number {
    return this.#words[run * this.#stride + PAGE]!;
  }

  /** The slot in use that begins so many granules into the run, or -1. */
  slotAt(run: number, granules: number): number {
    const slot = (granules * this.#slots + this.#granules - 1) >>> this.#granulesLog2;
    return this.#starts[slot] === granules && this.requestedOf(run, slot) > 0 ? slot : NONE;
  }

  startOf(slot: number): number {
    return this.#starts[slot]!;
  }

  /** Bytes. */
  sizeOf(slot: number): number {
    return (this.#starts[slot + 1]! - this.#starts[slot]!) * GRANULE;
  }

  /** What was asked for, 0 for a slot that is free. */
  requestedOf(run: number, slot: number): number {
    return Math.max(0, this.#words[run * this.#stride + HEADER + slot]!);
  }

  /** Sizes of the free slots. */
  *freeSizes(): IterableIterator<number> {
    for (let run = this.#first; run !== NONE; run = this.#words[run * this.#stride + NEXT]!) {
      for (let slot = 0; slot < this.#slots; slot++) {
        if (this.requestedOf(run, slot) === 0) yield this.sizeOf(slot);
      }
    }
  }

  #number(): number {
    const run = this.#count++;
    if (this.#count * this.#stride > this.#words.length) {
      const larger = new Int32Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    return run;
  }

  #link(run: number): void {
    const words = this.#words;
    const at = run * this.#stride;
    words[at + PREVIOUS] = NONE;
    words[at + NEXT] = this.#first;
    if (this.#first !== NONE) words[this.#first * this.#stride + PREVIOUS] = run;
    this.#first = run;
  }

  #unlink(run: number): void {
    const words = this.#words;
    const next = words[run * this.#stride + NEXT]!;
    const previous = words[run * this.#stride + PREVIOUS]!;
    if (next !== NONE) words[next * this.#stride + PREVIOUS] = previous;
    if (previous !== NONE) words[previous * this.#stride + NEXT] = next;
    else this.#first = next;
  }
}
