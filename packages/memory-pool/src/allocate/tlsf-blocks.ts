import { TlsfLists } from './tlsf-lists.ts';

const HEAD = 1;
const FREE = 2;
/** Last unit of a free block, where its neighbour finds the size. */
const TAIL = 4;
/** First unit of an arena, which no block reaches across. */
const START = 8;

/**
 * Two-level segregated fit over units that are only counted, not touched: M. Masmano, I. Ripoll, A. Crespo, J. Real, "TLSF: a new dynamic
 * memory allocator for real-time systems", ECRTS 2004. Free blocks in `TlsfLists`; the lower end of the block found is handed out and the
 * rest listed again; a block that is freed joins at once with free neighbours, which it finds by boundary tags (Knuth, TAOCP 1, 2.5). The
 * tags lie in tables by unit, 13 bytes a unit. A block is known by its first unit.
 */
export class TlsfBlocks {
  readonly #tags: Uint8Array;
  /** Of a block by its first unit, and of a free block by its last as well. */
  readonly #units: Int32Array;
  readonly #lists: TlsfLists;
  #splits = 0;
  #merges = 0;

  /** All free, in arenas of `arenaUnits`, the last of which may be shorter. */
  constructor(units: number, arenaUnits: number) {
    // One more, so that the end of the last block has a tag to be looked at.
    this.#tags = new Uint8Array(units + 1);
    this.#units = new Int32Array(units + 1);
    this.#lists = new TlsfLists(this.#units);
    this.#tags[units] = START;
    for (let start = 0; start < units; start += arenaUnits) {
      this.#tags[start] = START;
      this.#list(start, Math.min(arenaUnits, units - start));
    }
  }

  get splits(): number {
    return this.#splits;
  }

  get merges(): number {
    return this.#merges;
  }

  /** A free block of at least `units`, or -1 where there is none. Takes nothing. */
  find(units: number): number {
    return this.#lists.find(units);
  }

  /** Takes the lower `units` of a free block. `note` is a 32-bit integer that the block keeps while it is live. */
  take(block: number, units: number, note: number): void {
    const found = this.#units[block]!;
    this.#unlist(block, found);
    if (found > units) {
      this.#splits++;
      this.#list(block + units, found - units);
      this.#units[block] = units;
    }
    this.#tags[block]! |= HEAD;
    this.#lists.next[block] = note;
  }

  /** `block` must be live. */
  release(block: number): void {
    const tags = this.#tags;
    let first = block;
    let units = this.#units[block]!;
    tags[block]! &= START;
    const after = block + units;
    if ((tags[after]! & (FREE | START)) === FREE) {
      const joined = this.#units[after]!;
      this.#unlist(after, joined);
      units += joined;
      this.#merges++;
    }
    // At the start of an arena, the unit before is of another one.
    if (block > 0 && (tags[block]! & START) === 0 && (tags[block - 1]! & TAIL) !== 0) {
      const joined = this.#units[block - 1]!;
      first = block - joined;
      this.#unlist(first, joined);
      units += joined;
      this.#merges++;
    }
    this.#list(first, units);
  }

  /** Whether `block` is a live one; any number may be asked for. */
  isLive(block: number): boolean {
    return (this.#tags[block]! & (HEAD | FREE)) === HEAD;
  }

  unitsOf(block: number): number {
    return this.#units[block]!;
  }

  /** `block` must be live. */
  noteOf(block: number): number {
    return this.#lists.next[block]!;
  }

  /** The listed blocks, by class. */
  free(): IterableIterator<number> {
    return this.#lists.blocks();
  }

  /** All, in order. */
  *blocks(): IterableIterator<number> {
    const end = this.#tags.length - 1;
    for (let block = 0; block < end; block += this.#units[block]!) yield block;
  }

  #list(block: number, units: number): void {
    const tail = block + units - 1;
    this.#units[block] = units;
    this.#units[tail] = units;
    this.#tags[block]! |= HEAD | FREE;
    this.#tags[tail]! |= TAIL;
    this.#lists.insert(block);
  }

  #unlist(block: number, units: number): void {
    this.#lists.remove(block);
    this.#tags[block + units - 1]! &= ~TAIL;
    this.#tags[block]! &= START;
  }
}
