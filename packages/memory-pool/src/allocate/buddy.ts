import { Arenas } from '../arena/arenas.ts';
import { viewAs, type ElementType, type ViewOf } from '../arena/element-types.ts';
import { NO_BLOCK, type Allocator, type AllocatorStats, type BlockInfo, type Handle, type Tally } from '../model/allocator.ts';
import { BlockError, refuseBytes } from '../model/errors.ts';
import { BuddyLists } from './buddy-lists.ts';
import { buddyOptions, type BuddyOptions } from './buddy-options.ts';
import { magazineCapacity, magazines, ORDERS } from './magazines.ts';

/** The word of a number that stands for no block. */
const UNUSED = 0;
/** Minus the order of a cached block, and this. */
const CACHED = -1;
const NONE = -1;
const NO_WORDS = new Int32Array(0);

/**
 * Blocks of `minBlockSize` times a power of two, each aligned to its own size within its buffer, in constant time: the buddy system
 * (Knowlton 1965; Knuth, The Art of Computer Programming 1, 2.5) behind bounded magazines of freed blocks (Bonwick 2001). A freed block
 * waits in the magazine of its order to be used again as it is, and is joined with its buddies only when the magazine is full, or when
 * `malloc` would fail otherwise (deferred coalescing).
 *
 * A handle is a number that is given to a block when it comes from the free lists, the lowest ones first, and goes back with it. What is
 * read and written by most operations is indexed by it, and lies close together however far the blocks are apart.
 *
 * Sizes that are no power of two are rounded up, so that of log-uniform sizes at most 1 / (2 ln 2), 72 %, of the memory can be used.
 * The memory is taken from the system piece by piece, as it is touched.
 */
export class BuddyAllocator implements Allocator {
  readonly size: number;
  readonly minBlockSize: number;
  // What operations read is set twice, with the same kind of thing: so the engine knows what it will find.
  readonly #unitLog2: number = 0;
  readonly #arenaLog2: number = 0;
  readonly #arenaMask: number = 0;
  readonly #arenas: Arenas;
  readonly #buffers: readonly (ArrayBuffer | undefined)[];
  /** By number: what was asked for where the block is live, `CACHED` minus its order where it waits, or `UNUSED`. */
  readonly #words: Int32Array = NO_WORDS;
  /** By number: the first unit of the block, or the next number that is unused, or `NONE`. */
  readonly #places: Int32Array = NO_WORDS;
  #unused = NONE;
  /** Numbers from here on have never stood for a block. */
  #numbers = 0;
  readonly #magazines: Int32Array = NO_WORDS;
  readonly #lists: BuddyLists;
  readonly #zero: boolean;
  readonly #metrics: boolean;
  /** The first unit of those that no block has ever held. */
  #fresh = 0;
  // What was ever given out, and how much that is when what is live passes its peak: one step each for `malloc` and for `free`, and one
  // comparison. `-0` is no integer for the engine, so that these are numbers of 64 bits to it, changed in place, from the start.
  #blocks = -0;
  #blocksBar = -0;
  #blocksPeak = 0;
  #units = -0;
  #unitsBar = -0;
  #unitsPeak = 0;
  #bytes = -0;
  #bytesBar = -0;
  #bytesPeak = 0;
  /** Blocks that no magazine served. */
  #taken = 0;
  #failures = 0;

  /** @throws TypeError or RangeError that names the option and its bound. */
  constructor(options: BuddyOptions) {
    const { size, minBlockSize, arenaSize, zero, metrics } = buddyOptions(options);
    this.size = size;
    this.minBlockSize = minBlockSize;
    this.#unitLog2 = Math.log2(minBlockSize);
    this.#arenaLog2 = Math.log2(arenaSize / minBlockSize);
    this.#arenaMask = 2 ** this.#arenaLog2 - 1;
    this.#arenas = new Arenas(size, arenaSize);
    this.#buffers = this.#arenas.buffers;
    const units = size / minBlockSize;
    this.#words = new Int32Array(units);
    this.#places = new Int32Array(units);
    this.#lists = new BuddyLists(units, this.#arenaLog2);
    this.#magazines = magazines((order) => (order > this.#arenaLog2 ? 0 : magazineCapacity(size, minBlockSize * 2 ** order)));
    this.#zero = zero;
    this.#metrics = metrics;
  }

  malloc(bytes: number): Handle {
    if ((bytes | 0) !== bytes || bytes <= 0) refuseBytes(bytes);
    const order = 32 - Math.clz32((bytes - 1) >>> this.#unitLog2);
    const magazines = this.#magazines;
    const last = magazines[order]! - 1;
    let block = magazines[last]!;
    if (block >= 0) magazines[order] = last;
    else if ((block = this.#take(order)) === NO_BLOCK) return NO_BLOCK;
    this.#words[block] = bytes;
    // Compared, since the engine otherwise asks of a value of any kind whether it counts as true.
    if (this.#zero === true) this.#clear(block, order, bytes);
    if (this.#metrics !== true) return block;
    if (++this.#blocks > this.#blocksBar) this.#raiseBlocks();
    if ((this.#units += 1 << order) > this.#unitsBar) this.#raiseUnits();
    if ((this.#bytes += bytes) > this.#bytesBar) this.#raiseBytes();
    return block;
  }

  free(handle: Handle): void {
    const words = this.#words;
    // As in `malloc`: then the engine takes it for an integer from here on.
    const block = handle | 0;
    const bytes = words[block]!;
    if (block !== handle || !(bytes > 0)) this.#refuse(handle);
    const order = 32 - Math.clz32((bytes - 1) >>> this.#unitLog2);
    const magazines = this.#magazines;
    if (this.#metrics === true) {
      this.#blocksBar++;
      this.#unitsBar += 1 << order;
      this.#bytesBar += bytes;
    }
    const end = magazines[order]!;
    if (magazines[end]! < 0) {
      this.#putBack(block, order);
      return;
    }
    words[block] = CACHED - order;
    magazines[end] = block;
    magazines[order] = end + 1;
  }

  sizeOf(handle: Handle): number {
    return this.minBlockSize * 2 ** this.#orderFor(this.requestedOf(handle));
  }

  requestedOf(handle: Handle): number {
    const bytes = this.#words[handle]!;
    if (!(bytes > 0)) this.#refuse(handle);
    return bytes;
  }

  addressOf(handle: Handle): number {
    return this.#unitOf(handle) * this.minBlockSize;
  }

  offsetOf(handle: Handle): number {
    return (this.#unitOf(handle) & this.#arenaMask) << this.#unitLog2;
  }

  bufferOf(handle: Handle): ArrayBuffer {
    return this.#buffers[this.#unitOf(handle) >>> this.#arenaLog2]!;
  }

  view(handle: Handle): Uint8Array<ArrayBuffer>;
  view<T extends ElementType>(handle: Handle, type: T): ViewOf<T>;
  view(handle: Handle, type?: ElementType): ViewOf<ElementType> {
    const bytes = this.#words[handle]!;
    if (!(bytes > 0)) this.#refuse(handle);
    const unit = this.#places[handle]!;
    const buffer = this.#buffers[unit >>> this.#arenaLog2]!;
    const offset = (unit & this.#arenaMask) << this.#unitLog2;
    return type === undefined ? new Uint8Array(buffer, offset, bytes) : viewAs(type, buffer, offset, bytes);
  }

  stats(): AllocatorStats {
    const { counts, splits, merges, largestOrder } = this.#lists;
    const freeBlocks = Array.from(counts, (count, order) => ({ size: this.minBlockSize * 2 ** order, count })).filter(
      ({ count }) => count > 0,
    );
    const blocks = tally(this.#blocks, this.#blocksBar, this.#blocksPeak);
    return {
      size: this.size,
      blocks,
      reserved: tally(this.#units, this.#unitsBar, this.#unitsPeak, this.minBlockSize),
      requested: tally(this.#bytes, this.#bytesBar, this.#bytesPeak),
      cachedBytes: this.#cachedUnits() * this.minBlockSize,
      freeBytes: freeBlocks.reduce((sum, { size, count }) => sum + size * count, 0),
      largestFreeBytes: largestOrder < 0 ? 0 : this.minBlockSize * 2 ** largestOrder,
      freeBlocks,
      failures: this.#failures,
      magazineHits: this.#metrics ? blocks.allocated - this.#taken : 0,
      splits,
      merges,
    };
  }

  /** Takes memory for all blocks in use, which are put in order first. */
  *walk(): IterableIterator<BlockInfo> {
    const inUse: number[] = [];
    for (let block = 0; block < this.#numbers; block++) if (this.#words[block] !== UNUSED) inUse.push(block);
    inUse.sort((a, b) => this.#places[a]! - this.#places[b]!);
    let next = 0;
    for (let at = 0; at < this.size / this.minBlockSize; ) {
      const free = this.#lists.freeAt(at);
      const handle = free >= 0 ? NO_BLOCK : inUse[next++]!;
      const word = free >= 0 ? UNUSED : this.#words[handle]!;
      const order = free >= 0 ? free : word > 0 ? this.#orderFor(word) : CACHED - word;
      const [offset, size] = [at * this.minBlockSize, this.minBlockSize * 2 ** order];
      if (word > 0) yield { handle, offset, size, state: 'live', requested: word };
      else yield { handle: NO_BLOCK, offset, size, state: word === UNUSED ? 'free' : 'cached' };
      at += 2 ** order;
    }
  }

  drain(): void {
    const magazines = this.#magazines;
    for (let order = 0; order < ORDERS; order++) {
      let last = magazines[order]! - 1;
      for (let block = magazines[last]!; block >= 0; block = magazines[--last]!) this.#putBack(block, order);
      magazines[order] = last + 1;
    }
  }

  /** A block from the free lists. Its buffer is there before anything changes, since the system may refuse it. */
  #take(order: number): Handle {
    const lists = this.#lists;
    let from = lists.fitting(order);
    if (from < 0 && order <= this.#arenaLog2) {
      this.drain();
      from = lists.fitting(order);
    }
    if (from < 0) {
      this.#failures++;
      return NO_BLOCK;
    }
    this.#arenas.open(lists.first(from) >>> this.#arenaLog2);
    this.#taken++;
    return this.#number(lists.take(from, order));
  }

  /** Gives the block that begins with `unit` a number. */
  #number(unit: number): Handle {
    let block = this.#unused;
    if (block === NONE) block = this.#numbers++;
    else this.#unused = this.#places[block]!;
    this.#places[block] = unit;
    return block;
  }

  #putBack(block: Handle, order: number): void {
    this.#lists.put(this.#places[block]!, order);
    this.#words[block] = UNUSED;
    this.#places[block] = this.#unused;
    this.#unused = block;
  }

  #unitOf(handle: Handle): number {
    if (!(this.#words[handle]! > 0)) this.#refuse(handle);
    return this.#places[handle]!;
  }

  #raiseBlocks(): void {
    this.#blocksPeak += this.#blocks - this.#blocksBar;
    this.#blocksBar = this.#blocks;
  }

  #raiseUnits(): void {
    this.#unitsPeak += this.#units - this.#unitsBar;
    this.#unitsBar = this.#units;
  }

  #raiseBytes(): void {
    this.#bytesPeak += this.#bytes - this.#bytesBar;
    this.#bytesBar = this.#bytes;
  }

  #clear(block: Handle, order: number, bytes: number): void {
    const at = this.#places[block]!;
    const offset = (at & this.#arenaMask) << this.#unitLog2;
    const used = Math.max(0, (this.#fresh - at) * this.minBlockSize);
    this.#arenas.bytes[at >>> this.#arenaLog2]!.fill(0, offset, offset + Math.min(bytes, used));
    this.#fresh = Math.max(this.#fresh, at + 2 ** order);
  }

  #orderFor(bytes: number): number {
    return 32 - Math.clz32((bytes - 1) >>> this.#unitLog2);
  }

  #cachedUnits(): number {
    let units = 0;
    for (let order = 0; order < ORDERS; order++) {
      for (let last = this.#magazines[order]! - 1; this.#magazines[last]! >= 0; last--) units += 2 ** order;
    }
    return units;
  }

  #refuse(handle: Handle): never {
    const word = this.#words[handle];
    const why = word === undefined || word === UNUSED ? 'there is none of that number' : 'that block is free';
    throw new BlockError(`${String(handle)} is the handle of no live block: ${why}`);
  }
}

/** Of what was ever given out, and how much that is when what is live passes its peak. Neither is `-0` then. */
function tally(ever: number, bar: number, peak: number, unit = 1): Tally {
  const allocated = 0 + ever * unit;
  const freed = 0 + (bar - peak) * unit;
  return { current: allocated - freed, peak: peak * unit, allocated, freed };
}
