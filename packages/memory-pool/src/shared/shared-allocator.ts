import { threadId, type Worker } from 'node:worker_threads';
import { viewAs, type ElementType, type ViewOf } from '../arena/element-types.ts';
import { NO_BLOCK, type Allocator, type AllocatorStats, type BlockInfo, type Handle } from '../model/allocator.ts';
import { BlockError, refuseBytes } from '../model/errors.ts';
import { FreeLists } from './free-lists.ts';
import { FAILURES, FREE, LIVE, MISSES, ORDER, ORDERS, SharedState, STATE, STRIDE, TAKEN, type SharedAllocatorHandle } from './layout.ts';
import { SharedLock } from './lock.ts';
import { Reclaimer, type ReclaimOptions } from './reclaimer.ts';
import { recover } from './recovery.ts';
import { magazineCapacities, sharedOptions, type SharedAllocatorOptions } from './shared-options.ts';
import { sharedStats } from './shared-stats.ts';
import { Slot } from './slot.ts';

export type { ReclaimOptions };

/**
 * The buddy system in shared memory: every thread that is attached allocates, and frees what any of them has allocated. Each thread caches
 * blocks in magazines of its own, and takes the one lock only to fill or empty half a magazine, and for blocks too large to be cached.
 *
 * Free lists, magazines, counts and the lock are shared words too, so nothing is lost with a thread. One that ends without `detach()`, by
 * `terminate()`, `process.exit()` or an error, must be reclaimed: `watch(worker)` does it, or call `reclaim(slot)` once the worker's 'exit'
 * event has come. Node emits that when the thread has stopped for good; before it, nothing tells a dead thread from a slow one. Until it is
 * reclaimed, what it has cached is out of use, and if it has died with the lock in hand, operations that need the lock wait, on the main
 * thread too, and in the end throw `LockHeldError`, so that the event can come.
 *
 * Who frees a block that is free gets a `BlockError`. Of several threads that free a block in the same moment, one succeeds, unless one of
 * them has allocated it: then that one, which frees without an atomic write, may succeed as well. The block is given out once all the same,
 * and counts are off by it; only if the other one is given it again before that write is done, two have it. As with every shared memory, a
 * handle must reach another thread by something that orders memory, such as `postMessage` or `Atomics`.
 */
export class SharedAllocator implements Allocator {
  /** For `attach` in other threads: post it. */
  readonly handle: SharedAllocatorHandle;
  /** What this thread is to the others. */
  readonly slot: number;
  readonly size: number;
  readonly minBlockSize: number;
  readonly #unitLog2: number;
  readonly #memory: SharedArrayBuffer;
  readonly #state: SharedState;
  readonly #tags: Int32Array;
  readonly #requested: Int32Array;
  readonly #lock: SharedLock;
  readonly #lists: FreeLists;
  readonly #slots: readonly Slot[];
  readonly #own: Slot;
  readonly #reclaimer: Reclaimer;
  readonly #capacities: Int32Array;
  #attached = true;

  /** Makes the memory and attaches the calling thread. @throws TypeError or RangeError that names the option and its bound. */
  static create(options: SharedAllocatorOptions): SharedAllocator {
    const { size, minBlockSize, maxThreads, magazineBlocks, lockTimeoutMillis } = sharedOptions(options);
    const memory = new SharedArrayBuffer(size);
    const words = new SharedArrayBuffer(SharedState.bytesFor(size / minBlockSize, maxThreads, magazineBlocks));
    const handle = { memory, state: words, minBlockSize, maxThreads, magazineBlocks, lockTimeoutMillis };
    const state = new SharedState(handle);
    new FreeLists(state).start();
    return new SharedAllocator(handle, state, takeSlot(state));
  }

  /** Attaches the calling thread. @throws RangeError when as many threads as may be are attached. */
  static attach(handle: SharedAllocatorHandle): SharedAllocator {
    const state = new SharedState(handle);
    return new SharedAllocator(handle, state, takeSlot(state));
  }

  /** For `create` and `attach`. */
  constructor(handle: SharedAllocatorHandle, state: SharedState, slot: number) {
    const { memory, minBlockSize, maxThreads, magazineBlocks, lockTimeoutMillis } = handle;
    this.handle = handle;
    this.slot = slot;
    this.size = memory.byteLength;
    this.minBlockSize = minBlockSize;
    this.#unitLog2 = Math.log2(minBlockSize);
    this.#memory = memory;
    this.#state = state;
    this.#tags = state.tags;
    this.#requested = state.links;
    this.#lock = new SharedLock(state.header, lockTimeoutMillis);
    this.#lists = new FreeLists(state);
    this.#slots = Array.from({ length: maxThreads }, (_, id) => new Slot(state, id));
    this.#own = this.#slots[slot]!;
    this.#reclaimer = new Reclaimer(state, this.#lists, this.#slots, this.#own, this.#lock);
    this.#capacities = magazineCapacities(state.units, maxThreads, magazineBlocks, ORDERS);
  }

  /** @throws LockHeldError; nothing has changed then. */
  malloc(bytes: number): Handle {
    if ((bytes | 0) !== bytes || bytes <= 0) refuseBytes(bytes);
    const order = 32 - Math.clz32((bytes - 1) >>> this.#unitLog2);
    const own = this.#own;
    const block = this.#attached ? own.pop(order) : NO_BLOCK;
    if (block < 0) return this.#mallocFromLists(order, bytes);
    own.handOut(block, order, bytes);
    return block;
  }

  /** @throws LockHeldError; nothing has changed then. */
  free(handle: Handle): void {
    const tag = this.#tags[STRIDE * handle]!;
    if ((tag & STATE) !== LIVE || (handle | 0) !== handle) this.#refuse(handle);
    const order = tag & ORDER;
    const own = this.#own;
    if (!this.#attached || own.counts[order]! >= this.#capacities[order]!) this.#freeToLists(handle, order);
    else if (own.claim(handle, tag, tag !== (own.live | order))) own.push(handle, order);
    // Freed by another thread meanwhile, or made nobody's.
    else this.free(handle);
  }

  sizeOf(handle: Handle): number {
    return this.minBlockSize * 2 ** (this.#liveTag(handle) & ORDER);
  }

  requestedOf(handle: Handle): number {
    this.#liveTag(handle);
    return this.#requested[STRIDE * handle]!;
  }

  addressOf(handle: Handle): number {
    this.#liveTag(handle);
    return handle * this.minBlockSize;
  }

  /** All of it is one buffer. */
  offsetOf(handle: Handle): number {
    return this.addressOf(handle);
  }

  bufferOf(handle: Handle): SharedArrayBuffer {
    this.#liveTag(handle);
    return this.#memory;
  }

  view(handle: Handle): Uint8Array;
  view<T extends ElementType>(handle: Handle, type: T): ViewOf<T>;
  view(handle: Handle, type?: ElementType): Uint8Array | ViewOf<ElementType> {
    this.#liveTag(handle);
    const bytes = this.#requested[STRIDE * handle]!;
    const offset = handle * this.minBlockSize;
    return type === undefined ? new Uint8Array(this.#memory, offset, bytes) : viewAs(type, this.#memory, offset, bytes);
  }

  /** Of all threads. Exact while no other thread is inside an operation. */
  stats(): AllocatorStats {
    return sharedStats(this.#state, this.#slots, this.minBlockSize, this.size);
  }

  *walk(): IterableIterator<BlockInfo> {
    const tags = this.#tags;
    for (let at = 0; at < this.#state.units; ) {
      const tag = tags[STRIDE * at]!;
      const size = this.minBlockSize * 2 ** (tag & ORDER);
      const block = { offset: at * this.minBlockSize, size };
      if ((tag & STATE) === LIVE) yield { ...block, handle: at, state: 'live', requested: this.#requested[STRIDE * at]! };
      else yield { ...block, handle: NO_BLOCK, state: (tag & STATE) === FREE ? 'free' : 'cached' };
      at += 2 ** (tag & ORDER);
    }
  }

  /** Empties the magazines of this thread. @throws LockHeldError */
  drain(): void {
    this.#enter();
    this.#flushAll();
    this.#lock.release();
  }

  /** Empties the magazines and gives the slot back. What this thread has allocated stays live and is nobody's. @throws LockHeldError */
  detach(): void {
    if (!this.#attached) return;
    this.#enter();
    recover(this.#state, this.#lists, this.#slots, this.#own, 'disown');
    this.#attached = false;
    this.#lock.release();
    // Last of all, so that until then a death here is like any other.
    Atomics.store(this.#state.attached, this.slot, 0);
  }

  /**
   * Takes back what a thread that has ended was using: its slot, what its magazines hold, and the lock if it held that. It takes one pass
   * over all blocks. Nothing happens if nobody is attached there. One thread may do it at a time; if that one dies as well, another may
   * do it again. Must not be called for a thread that still runs: `watch` sees to that.
   * @throws LockHeldError
   */
  reclaim(slot: number, options: ReclaimOptions = {}): void {
    if (slot === this.slot) throw new RangeError(`slot ${slot} is that of the calling thread: detach()`);
    if (this.#slots[slot] === undefined) throw new RangeError(`slot must be an integer from 0 to ${this.#slots.length - 1}, not ${slot}`);
    if (Atomics.load(this.#state.attached, slot) === 0) return;
    this.#refuseDetached();
    this.#reclaimer.reclaim(slot, options);
  }

  /**
   * Reclaims every slot of a worker of this thread when it ends, unless this allocator is detached by then. That is done when its 'exit'
   * event has been emitted, and if another thread has the lock at that moment, as soon as this one gets it: it tries again and again,
   * and any operation that takes the lock, such as `drain()` or a `malloc` that finds its magazine empty, does it first.
   */
  watch(worker: Worker, options: ReclaimOptions = {}): void {
    // The worker loses its id when it ends.
    const id = worker.threadId;
    if (id < 0) throw new RangeError('worker has ended already: watch it from when it was started');
    worker.once('exit', () => {
      if (this.#attached) this.#reclaimer.reclaimThread(id, options);
    });
  }

  /** From the lists, and with it half a magazine. */
  #mallocFromLists(order: number, bytes: number): Handle {
    const own = this.#own;
    this.#enter();
    let block = this.#take(order);
    if (block === NO_BLOCK) {
      this.#flushAll();
      block = this.#take(order);
    }
    if (block === NO_BLOCK) {
      this.#lock.release();
      own.figures[FAILURES]!++;
      return NO_BLOCK;
    }
    this.#fill(order);
    this.#lock.release();
    own.handOut(block, order, bytes);
    own.figures[MISSES]!++;
    return block;
  }

  /** All but one of the blocks of half a magazine. */
  #fill(order: number): void {
    for (let i = (this.#capacities[order]! >> 1) - 1; i > 0; i--) {
      const block = this.#take(order);
      if (block === NO_BLOCK) break;
      this.#own.push(block, order);
    }
  }

  /** Empties half a full magazine first; a block of an order that has none goes to the lists itself. */
  #freeToLists(handle: Handle, order: number): void {
    const own = this.#own;
    const capacity = this.#capacities[order]!;
    this.#enter();
    if (capacity > 0) this.#flush(order, (capacity + 1) >> 1);
    else {
      const tag = this.#tags[STRIDE * handle]!;
      if ((tag & (STATE | ORDER)) === (LIVE | order) && own.claim(handle, tag, true)) {
        this.#give(handle, order);
        this.#lock.release();
        return;
      }
    }
    this.#lock.release();
    this.free(handle);
  }

  #flushAll(): void {
    for (let order = 0; order < ORDERS; order++) this.#flush(order, this.#own.counts[order]!);
  }

  #flush(order: number, blocks: number): void {
    for (let i = 0; i < blocks; i++) {
      const block = this.#own.pop(order);
      if (block < 0) break;
      this.#give(block, order);
    }
  }

  #take(order: number): Handle {
    const own = this.#own;
    const block = this.#lists.take(order, own.cached);
    if (block !== NO_BLOCK) own.figures[TAKEN + order]!++;
    return block;
  }

  #give(block: number, order: number): void {
    this.#lists.put(block, order);
    this.#own.figures[TAKEN + order]!--;
  }

  #enter(): void {
    this.#refuseDetached();
    this.#reclaimer.enter();
  }

  #refuseDetached(): void {
    if (!this.#attached) throw new Error('this allocator is detached');
  }

  #liveTag(handle: Handle): number {
    const tag = this.#tags[STRIDE * handle]!;
    if ((tag & STATE) !== LIVE || (handle | 0) !== handle) this.#refuse(handle);
    return tag;
  }

  #refuse(handle: Handle): never {
    const tag = Number.isInteger(handle) ? this.#tags[STRIDE * handle] : undefined;
    const why = tag === undefined ? 'there is no such unit' : tag === 0 ? 'it is inside a block' : 'that block is free';
    throw new BlockError(`${String(handle)} is the handle of no live block: ${why}`);
  }
}

/** @throws RangeError when there is none. */
function takeSlot({ attached }: SharedState): number {
  for (let slot = 0; slot < attached.length; slot++) {
    if (Atomics.compareExchange(attached, slot, 0, threadId + 1) === 0) return slot;
  }
  throw new RangeError(`as many threads are attached as maxThreads allows (${attached.length})`);
}
