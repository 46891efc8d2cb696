import { Arenas } from '../arena/arenas.ts';
import { viewAs, type ElementType, type ViewOf } from '../arena/element-types.ts';
import { NO_BLOCK, type Allocator, type AllocatorStats, type BlockInfo, type Handle } from '../model/allocator.ts';
import { BlockError, refuseBytes } from '../model/errors.ts';
import { TlsfBlocks } from './tlsf-blocks.ts';
import { tlsfOptions, type TlsfOptions } from './tlsf-options.ts';
import { Tallies } from './tallies.ts';

/**
 * Blocks of any size, rounded up to `unitSize`, by two-level segregated fit (Masmano, Ripoll, Crespo, Real 2004; see `TlsfBlocks`): a
 * constant number of steps for `malloc` and `free`, unless memory is nearly full. For mixed sizes that are to fill the memory: where a
 * buddy system loses up to half of each block, this loses the part of a unit, and some to gaps between blocks. It keeps no magazines: what
 * is freed is joined with its neighbours at once, so that `malloc` fails only where no free block is as large as what is asked for.
 *
 * The memory is taken from the system piece by piece, as it is touched.
 */
export class TlsfAllocator implements Allocator {
  readonly size: number;
  readonly unitSize: number;
  readonly #unitLog2: number;
  readonly #arenaLog2: number;
  readonly #arenaMask: number;
  readonly #arenas: Arenas;
  /** The note of a live block is what was asked for. */
  readonly #blocks: TlsfBlocks;
  readonly #tallies = new Tallies();
  #failures = 0;

  /** @throws TypeError or RangeError that names the option and its bound. */
  constructor(options: TlsfOptions) {
    const { size, unitSize, arenaSize } = tlsfOptions(options);
    this.size = size;
    this.unitSize = unitSize;
    this.#unitLog2 = Math.log2(unitSize);
    this.#arenaLog2 = Math.log2(arenaSize / unitSize);
    this.#arenaMask = 2 ** this.#arenaLog2 - 1;
    this.#arenas = new Arenas(size, arenaSize);
    this.#blocks = new TlsfBlocks(size / unitSize, arenaSize / unitSize);
  }

  malloc(bytes: number): Handle {
    if ((bytes | 0) !== bytes || bytes <= 0) refuseBytes(bytes);
    const units = ((bytes - 1) >>> this.#unitLog2) + 1;
    const block = this.#blocks.find(units);
    if (block === NO_BLOCK) {
      this.#failures++;
      return NO_BLOCK;
    }
    // Before anything changes, since the system may refuse it.
    this.#arenas.open(block >>> this.#arenaLog2);
    this.#blocks.take(block, units, bytes);
    this.#tallies.allocated(units * this.unitSize, bytes);
    return block;
  }

  free(handle: Handle): void {
    if (!this.#blocks.isLive(handle)) this.#refuse(handle);
    this.#tallies.freed(this.#blocks.unitsOf(handle) * this.unitSize, this.#blocks.noteOf(handle));
    this.#blocks.release(handle);
  }

  sizeOf(handle: Handle): number {
    if (!this.#blocks.isLive(handle)) this.#refuse(handle);
    return this.#blocks.unitsOf(handle) * this.unitSize;
  }

  requestedOf(handle: Handle): number {
    if (!this.#blocks.isLive(handle)) this.#refuse(handle);
    return this.#blocks.noteOf(handle);
  }

  addressOf(handle: Handle): number {
    if (!this.#blocks.isLive(handle)) this.#refuse(handle);
    return handle * this.unitSize;
  }

  offsetOf(handle: Handle): number {
    if (!this.#blocks.isLive(handle)) this.#refuse(handle);
    return this.#offset(handle);
  }

  bufferOf(handle: Handle): ArrayBuffer {
    if (!this.#blocks.isLive(handle)) this.#refuse(handle);
    return this.#buffer(handle);
  }

  view(handle: Handle): Uint8Array<ArrayBuffer>;
  view<T extends ElementType>(handle: Handle, type: T): ViewOf<T>;
  view(handle: Handle, type?: ElementType): ViewOf<ElementType> {
    const bytes = this.requestedOf(handle);
    if (type === undefined) return new Uint8Array(this.#buffer(handle), this.#offset(handle), bytes);
    return viewAs(type, this.#buffer(handle), this.#offset(handle), bytes);
  }

  /** Takes a step for each free block. */
  stats(): AllocatorStats {
    const { splits, merges } = this.#blocks;
    const counts = new Map<number, number>();
    for (const block of this.#blocks.free()) {
      const size = this.#blocks.unitsOf(block) * this.unitSize;
      counts.set(size, (counts.get(size) ?? 0) + 1);
    }
    const freeBlocks = Array.from(counts, ([size, count]) => ({ size, count })).sort((a, b) => a.size - b.size);
    return {
      size: this.size,
      ...this.#tallies.read(),
      cachedBytes: 0,
      freeBytes: this.size - this.#tallies.reservedBytes,
      largestFreeBytes: freeBlocks.at(-1)?.size ?? 0,
      freeBlocks,
      failures: this.#failures,
      magazineHits: 0,
      splits,
      merges,
    };
  }

  *walk(): IterableIterator<BlockInfo> {
    const blocks = this.#blocks;
    for (const handle of blocks.blocks()) {
      const block = { offset: handle * this.unitSize, size: blocks.unitsOf(handle) * this.unitSize };
      if (blocks.isLive(handle)) yield { ...block, handle, state: 'live', requested: blocks.noteOf(handle) };
      else yield { ...block, handle: NO_BLOCK, state: 'free' };
    }
  }

  /** Does nothing: no block waits. */
  drain(): void {}

  #offset(block: number): number {
    return (block & this.#arenaMask) << this.#unitLog2;
  }

  #buffer(block: number): ArrayBuffer {
    return this.#arenas.buffers[block >>> this.#arenaLog2]!;
  }

  #refuse(handle: Handle): never {
    throw new BlockError(`${String(handle)} is the handle of no live block`);
  }
}
