import type { ElementType, ViewOf } from '../arena/element-types.ts';

/** A number that stands for a block of its allocator until that is freed, and then perhaps for another. */
export type Handle = number;

/** What `malloc` gives where there is no room. */
export const NO_BLOCK = -1;

/** A figure in the shape that PyTorch and mimalloc give: now, most ever, and summed up over time; `current` is `allocated - freed`. */
export interface Tally {
  readonly current: number;
  readonly peak: number;
  readonly allocated: number;
  readonly freed: number;
}

/** Exact, as of the call. Bytes, unless the name says otherwise. */
export interface AllocatorStats {
  /** What the allocator may hand out at most. */
  readonly size: number;
  /** Live blocks. */
  readonly blocks: Tally;
  /** Of live blocks, rounded up as the allocator does. */
  readonly reserved: Tally;
  /** Of live blocks, as asked for. */
  readonly requested: Tally;
  /** Freed blocks that wait in a magazine to be used again as they are; neither reserved nor in `freeBytes`. */
  readonly cachedBytes: number;
  readonly freeBytes: number;
  readonly largestFreeBytes: number;
  /** Free blocks by size, rising. */
  readonly freeBlocks: readonly { readonly size: number; readonly count: number }[];
  /** Calls of `malloc` for which there was no room. */
  readonly failures: number;
  /** Calls of `malloc` that a magazine served. */
  readonly magazineHits: number;
  readonly splits: number;
  readonly merges: number;
}

/** One block in address order; together they cover the allocator without gap or overlap. */
export interface BlockInfo {
  /** Of live blocks, else `NO_BLOCK`. */
  readonly handle: Handle;
  /** From the start of the allocator's address space, in bytes. */
  readonly offset: number;
  readonly size: number;
  readonly state: 'live' | 'cached' | 'free';
  /** Of live blocks. */
  readonly requested?: number;
}

/**
 * Gives out pieces of real memory. Every implementation runs the conformance suite in `test/allocators/`.
 *
 * A block is aligned to 8 bytes at least, and its bytes are what they were when it was freed last, zero at first.
 */
export interface Allocator {
  readonly size: number;
  /**
   * A block of at least `bytes`, or `NO_BLOCK` where there is no room for it.
   * @throws RangeError unless `bytes` is an integer from 1 to 2^31 - 1.
   */
  malloc(bytes: number): Handle;
  /** @throws BlockError for a handle that is of no live block: freed twice, foreign, or inside a block. The allocator is unharmed. */
  free(handle: Handle): void;
  /** Reserved bytes of a live block. @throws BlockError */
  sizeOf(handle: Handle): number;
  /** Bytes that were asked for. @throws BlockError */
  requestedOf(handle: Handle): number;
  /** Where a live block lies in the allocator's address space, in bytes: the `offset` of `walk()`. @throws BlockError */
  addressOf(handle: Handle): number;
  /** Where a live block lies in `bufferOf(handle)`, in bytes. @throws BlockError */
  offsetOf(handle: Handle): number;
  /** @throws BlockError */
  bufferOf(handle: Handle): ArrayBuffer | SharedArrayBuffer;
  /** The requested bytes of a live block as a typed array, whole elements only. Bytes by default. @throws BlockError */
  view(handle: Handle): Uint8Array;
  view<T extends ElementType>(handle: Handle, type: T): ViewOf<T>;
  stats(): AllocatorStats;
  /** Every block, in address order. The allocator must not be used meanwhile. */
  walk(): IterableIterator<BlockInfo>;
  /** Gives what waits in magazines back to the free lists, where it joins with its neighbours. */
  drain(): void;
}
