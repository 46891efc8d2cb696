import { viewAs, type ElementType, type ViewOf } from '../arena/element-types.ts';
import { NO_BLOCK, type Allocator, type AllocatorStats, type BlockInfo, type Handle } from '../model/allocator.ts';
import { BlockError, refuseBytes } from '../model/errors.ts';
import { BuddyAllocator } from './buddy.ts';
import { SlabCache } from './slab-cache.ts';
import { classTable, GRANULE, GRANULE_LOG2, slabClasses } from './slab-classes.ts';
import { slabOptions, type SlabOptions } from './slab-options.ts';
import { Tallies } from './tallies.ts';

const NONE = -1;
/** Of the word of a page: which cache its run is of. */
const CACHE_LOG2 = 7;
const CACHE_MASK = 2 ** CACHE_LOG2 - 1;

/**
 * Slots of four size classes an octave in front of a buddy allocator: J. Bonwick, "The slab allocator: an object-caching kernel memory
 * allocator" (USENIX 1994). A class cuts its slots from runs, blocks of the buddy allocator, and gives a run back when all of it is free,
 * but for one that it keeps until memory is short, or until `drain`. Requests above `largestSlot` go straight to the buddy allocator.
 *
 * Where there is no room for another run, whatever is free and large enough is taken: a block of the buddy allocator, or a slot of a
 * larger class. Slots are aligned to 16 bytes. A handle counts units of 16 bytes.
 */
export class SlabAllocator implements Allocator {
  readonly size: number;
  readonly pageSize: number;
  readonly largestSlot: number;
  /** Log 2 of granules. */
  readonly #pageLog2: number;
  readonly #arenaLog2: number;
  readonly #buddy: BuddyAllocator;
  /** Those of the buddy allocator, as far as they are in use. */
  readonly #buffers: ArrayBuffer[] = [];
  readonly #caches: readonly SlabCache[];
  readonly #cacheFor: Uint8Array;
  /** By page: number and cache of its run, plus 1; minus what was asked for at the first page of a block that is no run; else 0. */
  readonly #pages: Int32Array;
  /** By first page: the block of the buddy allocator. */
  readonly #handles: Int32Array;
  readonly #tallies = new Tallies();
  #failures = 0;

  /** @throws TypeError or RangeError that names the option and its bound. */
  constructor(options: SlabOptions) {
    const { size, pageSize, arenaSize, largestSlot } = slabOptions(options);
    this.#buddy = new BuddyAllocator({ size, minBlockSize: pageSize, arenaSize });
    this.size = size;
    this.pageSize = pageSize;
    this.largestSlot = largestSlot;
    this.#pageLog2 = Math.log2(pageSize) - GRANULE_LOG2;
    this.#arenaLog2 = Math.log2(arenaSize) - GRANULE_LOG2;
    const classes = slabClasses(largestSlot, pageSize);
    this.#caches = classes.map((kind) => new SlabCache(kind));
    this.#cacheFor = classTable(classes);
    this.#pages = new Int32Array(size / pageSize);
    this.#handles = new Int32Array(size / pageSize);
  }

  malloc(bytes: number): Handle {
    if ((bytes | 0) !== bytes || bytes <= 0) refuseBytes(bytes);
    const handle = bytes > this.largestSlot ? this.#mallocStraight(bytes) : this.#mallocSlot(bytes);
    if (handle === NO_BLOCK) this.#failures++;
    return handle;
  }

  free(handle: Handle): void {
    const word = this.#wordAt(handle);
    if (word < 0) {
      this.#freeStraight(handle);
      return;
    }
    const cache = this.#caches[word & CACHE_MASK]!;
    const run = word >>> CACHE_LOG2;
    const slot = this.#slotAt(cache, run, handle);
    this.#tallies.freed(cache.sizeOf(slot), cache.requestedOf(run, slot));
    if (cache.release(run, slot)) this.#giveBack(cache, run);
  }

  sizeOf(handle: Handle): number {
    const word = this.#wordAt(handle);
    if (word < 0) return this.#sizeOfStraight(handle >>> this.#pageLog2);
    const cache = this.#caches[word & CACHE_MASK]!;
    return cache.sizeOf(this.#slotAt(cache, word >>> CACHE_LOG2, handle));
  }

  requestedOf(handle: Handle): number {
    const word = this.#wordAt(handle);
    if (word < 0) return -word;
    const cache = this.#caches[word & CACHE_MASK]!;
    return cache.requestedOf(word >>> CACHE_LOG2, this.#slotAt(cache, word >>> CACHE_LOG2, handle));
  }

  addressOf(handle: Handle): number {
    this.requestedOf(handle);
    return handle * GRANULE;
  }

  offsetOf(handle: Handle): number {
    this.requestedOf(handle);
    return this.#offset(handle);
  }

  bufferOf(handle: Handle): ArrayBuffer {
    this.requestedOf(handle);
    return this.#buffer(handle);
  }

  view(handle: Handle): Uint8Array<ArrayBuffer>;
  view<T extends ElementType>(handle: Handle, type: T): ViewOf<T>;
  view(handle: Handle, type?: ElementType): ViewOf<ElementType> {
    const bytes = this.requestedOf(handle);
    if (type === undefined) return new Uint8Array(this.#buffer(handle), this.#offset(handle), bytes);
    return viewAs(type, this.#buffer(handle), this.#offset(handle), bytes);
  }

  /** Free slots are free blocks. Takes a step for each slot of the runs that have any. */
  stats(): AllocatorStats {
    const { cachedBytes, freeBlocks, magazineHits, splits, merges } = this.#buddy.stats();
    const tallies = this.#tallies.read();
    const counts = new Map(freeBlocks.map(({ size, count }) => [size, count]));
    for (const cache of this.#caches) {
      for (const size of cache.freeSizes()) counts.set(size, (counts.get(size) ?? 0) + 1);
    }
    const sizes = Array.from(counts, ([size, count]) => ({ size, count })).sort((a, b) => a.size - b.size);
    return {
      size: this.size,
      ...tallies,
      cachedBytes,
      freeBytes: this.size - tallies.reserved.current - cachedBytes,
      largestFreeBytes: sizes.at(-1)?.size ?? 0,
      freeBlocks: sizes,
      failures: this.#failures,
      magazineHits,
      splits,
      merges,
    };
  }

  *walk(): IterableIterator<BlockInfo> {
    for (const block of this.#buddy.walk()) {
      const page = block.offset / this.pageSize;
      const word = this.#pages[page]!;
      if (word <= 0) yield block.state === 'live' ? { ...block, handle: page << this.#pageLog2 } : block;
      else yield* this.#walkRun(this.#caches[(word - 1) & CACHE_MASK]!, (word - 1) >>> CACHE_LOG2);
    }
  }

  /** Gives the runs that are free back, too. */
  drain(): void {
    this.#giveBackEmpty();
    this.#buddy.drain();
  }

  #mallocSlot(bytes: number): Handle {
    const index = this.#cacheFor[(bytes + GRANULE - 1) >>> GRANULE_LOG2]!;
    const cache = this.#caches[index]!;
    const run = cache.first;
    return run !== NONE || this.#addRun(cache, index) ? this.#mallocFrom(cache, bytes) : this.#mallocElsewhere(index, bytes);
  }

  /** There must be room. */
  #mallocFrom(cache: SlabCache, bytes: number): Handle {
    const run = cache.first;
    const slot = cache.take(run, bytes);
    this.#tallies.allocated(cache.sizeOf(slot), bytes);
    return (cache.pageOf(run) << this.#pageLog2) + cache.startOf(slot);
  }

  #mallocStraight(bytes: number): Handle {
    const page = this.#takePages(bytes);
    if (page === NO_BLOCK) return NO_BLOCK;
    this.#pages[page] = -bytes;
    this.#tallies.allocated(this.#sizeOfStraight(page), bytes);
    return page << this.#pageLog2;
  }

  /** Without room for another run: the smallest that is free of larger slots and blocks. */
  #mallocElsewhere(index: number, bytes: number): Handle {
    const cache = this.#caches.find((each, i) => i > index && each.first !== NONE);
    const pages = 2 ** Math.ceil(Math.log2(Math.max(bytes, this.pageSize)));
    if (cache !== undefined && cache.kind.slotSize <= pages) return this.#mallocFrom(cache, bytes);
    const handle = this.#mallocStraight(bytes);
    return handle === NO_BLOCK && cache !== undefined ? this.#mallocFrom(cache, bytes) : handle;
  }

  #freeStraight(handle: Handle): void {
    const page = handle >>> this.#pageLog2;
    this.#tallies.freed(this.#sizeOfStraight(page), -this.#pages[page]!);
    this.#pages[page] = 0;
    this.#buddy.free(this.#handles[page]!);
  }

  /** Whether there was room for one. */
  #addRun(cache: SlabCache, index: number): boolean {
    const { runSize } = cache.kind;
    const page = this.#takePages(runSize);
    if (page === NO_BLOCK) return false;
    const word = (cache.add(page) << CACHE_LOG2) + index + 1;
    this.#pages.fill(word, page, page + runSize / this.pageSize);
    return true;
  }

  #takePages(bytes: number): number {
    const buddy = this.#buddy;
    let block = buddy.malloc(bytes);
    if (block === NO_BLOCK && this.#giveBackEmpty()) block = buddy.malloc(bytes);
    if (block === NO_BLOCK) return NO_BLOCK;
    const page = buddy.addressOf(block) / this.pageSize;
    this.#handles[page] = block;
    this.#buffers[(page << this.#pageLog2) >>> this.#arenaLog2] ??= buddy.bufferOf(block);
    return page;
  }

  #giveBack(cache: SlabCache, run: number): void {
    const page = cache.pageOf(run);
    cache.remove(run);
    this.#pages.fill(0, page, page + cache.kind.runSize / this.pageSize);
    this.#buddy.free(this.#handles[page]!);
  }

  /** Whether there were any. */
  #giveBackEmpty(): boolean {
    let any = false;
    for (const cache of this.#caches) {
      if (cache.empty === NONE) continue;
      this.#giveBack(cache, cache.empty);
      any = true;
    }
    return any;
  }

  *#walkRun(cache: SlabCache, run: number): IterableIterator<BlockInfo> {
    const first = cache.pageOf(run) << this.#pageLog2;
    for (let slot = 0; slot < cache.kind.slots; slot++) {
      const handle = first + cache.startOf(slot);
      const requested = cache.requestedOf(run, slot);
      const block = { handle, offset: handle * GRANULE, size: cache.sizeOf(slot) };
      if (requested > 0) yield { ...block, state: 'live', requested };
      else yield { ...block, handle: NO_BLOCK, state: 'free' };
    }
  }

  #sizeOfStraight(page: number): number {
    return this.#buddy.sizeOf(this.#handles[page]!);
  }

  /** Number and cache of the run that `handle` is in; minus what was asked for where it is that of a block that is none. */
  #wordAt(handle: Handle): number {
    const page = handle >>> this.#pageLog2;
    const word = (handle | 0) === handle && handle >= 0 ? this.#pages[page] : 0;
    if (word === undefined || word === 0 || (word < 0 && page << this.#pageLog2 !== handle)) this.#refuse(handle);
    return word > 0 ? word - 1 : word;
  }

  #slotAt(cache: SlabCache, run: number, handle: Handle): number {
    const slot = cache.slotAt(run, handle - (cache.pageOf(run) << this.#pageLog2));
    if (slot === NONE) this.#refuse(handle);
    return slot;
  }

  #buffer(handle: Handle): ArrayBuffer {
    return this.#buffers[handle >>> this.#arenaLog2]!;
  }

  #offset(handle: Handle): number {
    return (handle & ((1 << this.#arenaLog2) - 1)) << GRANULE_LOG2;
  }

  #refuse(handle: Handle): never {
    throw new BlockError(`${String(handle)} is the handle of no live block`);
  }
}
