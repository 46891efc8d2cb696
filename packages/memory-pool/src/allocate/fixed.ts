import { Arenas } from '../arena/arenas.ts';
import { viewAs, type ElementType, type ViewOf } from '../arena/element-types.ts';
import { NO_BLOCK, type Allocator, type AllocatorStats, type BlockInfo, type Handle } from '../model/allocator.ts';
import { BlockError, refuseBytes } from '../model/errors.ts';
import { fixedBlockOptions, type FixedBlockOptions } from './fixed-options.ts';
import { Tallies } from './tallies.ts';

/**
 * Equal blocks, numbered from 0: a handle is the number of its block. A stack of freed blocks makes `malloc` and `free` one step each, and
 * where one is free there is room, so that nothing is ever lost to fragmentation (the fixed-size case of Knuth, The Art of Computer
 * Programming 1, 2.2.3, the AVAIL stack).
 *
 * Views are recycled: as long as a block is asked for with the same number of bytes, `view(handle)` gives the same `Uint8Array`, across
 * frees too, which saves making one. Whoever keeps it beyond `free` sees what the next owner writes.
 */
export class FixedBlockAllocator implements Allocator {
  readonly size: number;
  readonly blockSize: number;
  /** How many blocks there are. */
  readonly blocks: number;
  readonly #blocksPerArena: number;
  readonly #arenas: Arenas;
  /** By block, 0 where it is free. */
  readonly #requested: Int32Array;
  readonly #views: (Uint8Array<ArrayBuffer> | undefined)[];
  readonly #freed: Int32Array;
  #freedCount = 0;
  /** Blocks from here on were never used, and are not on the stack. */
  #fresh = 0;
  readonly #tallies = new Tallies();
  #failures = 0;

  /** @throws TypeError or RangeError that names the option and its bound. */
  constructor(options: FixedBlockOptions) {
    const { size, blockSize, arenaSize } = fixedBlockOptions(options);
    this.size = size;
    this.blockSize = blockSize;
    this.blocks = size / blockSize;
    this.#blocksPerArena = arenaSize / blockSize;
    this.#arenas = new Arenas(size, arenaSize);
    this.#requested = new Int32Array(this.blocks);
    this.#freed = new Int32Array(this.blocks);
    this.#views = Array.from({ length: this.blocks }, () => undefined);
  }

  /** How many blocks are free. */
  get available(): number {
    return this.blocks - this.#fresh + this.#freedCount;
  }

  malloc(bytes: number): Handle {
    if ((bytes | 0) !== bytes || bytes <= 0) refuseBytes(bytes);
    const block = bytes > this.blockSize ? NO_BLOCK : this.#take();
    if (block === NO_BLOCK) {
      this.#failures++;
      return NO_BLOCK;
    }
    this.#requested[block] = bytes;
    this.#tallies.allocated(this.blockSize, bytes);
    return block;
  }

  free(handle: Handle): void {
    const bytes = this.requestedOf(handle);
    this.#tallies.freed(this.blockSize, bytes);
    this.#requested[handle] = 0;
    this.#freed[this.#freedCount++] = handle;
  }

  sizeOf(handle: Handle): number {
    this.requestedOf(handle);
    return this.blockSize;
  }

  requestedOf(handle: Handle): number {
    const bytes = this.#requested[handle]!;
    if (!(bytes > 0)) throw new BlockError(`${String(handle)} is the handle of no live block`);
    return bytes;
  }

  addressOf(handle: Handle): number {
    this.requestedOf(handle);
    return handle * this.blockSize;
  }

  offsetOf(handle: Handle): number {
    this.requestedOf(handle);
    return this.#offset(handle);
  }

  bufferOf(handle: Handle): ArrayBuffer {
    this.requestedOf(handle);
    return this.#buffer(handle);
  }

  /** Without a type, the same object as the last time where the block has as many bytes as then. */
  view(handle: Handle): Uint8Array<ArrayBuffer>;
  view<T extends ElementType>(handle: Handle, type: T): ViewOf<T>;
  view(handle: Handle, type?: ElementType): ViewOf<ElementType> {
    const bytes = this.requestedOf(handle);
    if (type !== undefined) return viewAs(type, this.#buffer(handle), this.#offset(handle), bytes);
    const last = this.#views[handle];
    if (last !== undefined && last.length === bytes) return last;
    return (this.#views[handle] = new Uint8Array(this.#buffer(handle), this.#offset(handle), bytes));
  }

  stats(): AllocatorStats {
    const count = this.available;
    const some = count > 0;
    return {
      size: this.size,
      ...this.#tallies.read(),
      cachedBytes: 0,
      freeBytes: count * this.blockSize,
      largestFreeBytes: some ? this.blockSize : 0,
      freeBlocks: some ? [{ size: this.blockSize, count }] : [],
      failures: this.#failures,
      magazineHits: 0,
      splits: 0,
      merges: 0,
    };
  }

  *walk(): IterableIterator<BlockInfo> {
    for (let handle = 0; handle < this.blocks; handle++) {
      const requested = this.#requested[handle]!;
      const block = { offset: handle * this.blockSize, size: this.blockSize };
      if (requested > 0) yield { ...block, handle, state: 'live', requested };
      else yield { ...block, handle: NO_BLOCK, state: 'free' };
    }
  }

  /** Does nothing: no block waits. */
  drain(): void {}

  #take(): Handle {
    if (this.#freedCount > 0) return this.#freed[--this.#freedCount]!;
    if (this.#fresh === this.blocks) return NO_BLOCK;
    // Before anything changes, since the system may refuse it.
    this.#arenas.open(Math.floor(this.#fresh / this.#blocksPerArena));
    return this.#fresh++;
  }

  #offset(block: number): number {
    return (block % this.#blocksPerArena) * this.blockSize;
  }

  #buffer(block: number): ArrayBuffer {
    return this.#arenas.buffers[Math.floor(block / this.#blocksPerArena)]!;
  }
}
