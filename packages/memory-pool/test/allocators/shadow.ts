import { expect } from '@jest/globals';
import { NO_BLOCK, type Allocator, type AllocatorStats, type BlockInfo, type Handle, type Tally } from '../../src/index.ts';

const GRANULE = 8;

interface Owned {
  readonly bytes: number;
  readonly size: number;
  readonly buffer: ArrayBufferLike;
  readonly offset: number;
  /** What every byte of the block holds. */
  readonly mark: number;
}

/**
 * What an allocator should be, kept by the simplest means: who owns each 8 bytes of each buffer, what each live block holds, and every
 * count. Told of each operation, it checks its part at once, and everything in `expectSame`.
 */
export class Shadow {
  readonly #allocator: Allocator;
  readonly #owners = new Map<ArrayBufferLike, Int32Array>();
  readonly #live = new Map<Handle, Owned>();
  readonly #blocks = new Count();
  readonly #reserved = new Count();
  readonly #requested = new Count();
  #failures = 0;
  #marks = 0;

  constructor(allocator: Allocator) {
    this.#allocator = allocator;
  }

  get handles(): Handle[] {
    return [...this.#live.keys()];
  }

  isLive(handle: Handle): boolean {
    return this.#live.has(handle);
  }

  allocated(handle: Handle, bytes: number, alignment: number): void {
    expect(this.#live.has(handle)).toBe(false);
    const allocator = this.#allocator;
    const [buffer, offset, size] = [allocator.bufferOf(handle), allocator.offsetOf(handle), allocator.sizeOf(handle)];
    expect(allocator.requestedOf(handle)).toBe(bytes);
    expect(size).toBeGreaterThanOrEqual(bytes);
    expect(offset % alignment).toBe(0);
    expect(offset + size).toBeLessThanOrEqual(buffer.byteLength);
    const owned = { bytes, size, buffer, offset, mark: (this.#marks++ % 255) + 1 };
    this.#own(owned, 0, handle + 1);
    this.#live.set(handle, owned);
    allocator.view(handle).fill(owned.mark);
    this.#blocks.add(1);
    this.#reserved.add(size);
    this.#requested.add(bytes);
  }

  failed(): void {
    this.#failures++;
  }

  /** Before it is freed. */
  freeing(handle: Handle): void {
    const owned = this.#live.get(handle)!;
    this.#expectContents(handle, owned);
    this.#own(owned, handle + 1, 0);
    this.#live.delete(handle);
    this.#blocks.remove(1);
    this.#reserved.remove(owned.size);
    this.#requested.remove(owned.bytes);
  }

  expectSame(): void {
    const stats = this.#allocator.stats();
    expect(stats.blocks).toEqual(this.#blocks.tally());
    expect(stats.reserved).toEqual(this.#reserved.tally());
    expect(stats.requested).toEqual(this.#requested.tally());
    expect(stats.failures).toBe(this.#failures);
    const walked = [...this.#allocator.walk()];
    expectCover(walked, this.#allocator.size);
    expectCounted(stats, walked);
    const live = walked.filter(({ state }) => state === 'live');
    expect(live.length).toBe(this.#live.size);
    for (const { handle, offset, size, requested } of live) {
      const owned = this.#live.get(handle);
      if (size !== owned?.size || requested !== owned.bytes) throw new Error(`${handle} is of ${size} and ${requested} bytes`);
      if (this.#allocator.addressOf(handle) !== offset) throw new Error(`${handle} is not at ${offset}`);
    }
    if (walked.some(({ handle, state }) => state !== 'live' && handle !== NO_BLOCK))
      throw new Error('a block that is not live has a handle');
  }

  expectAllContents(): void {
    for (const [handle, owned] of this.#live) this.#expectContents(handle, owned);
  }

  #expectContents(handle: Handle, { bytes, mark }: Owned): void {
    const view = this.#allocator.view(handle);
    expect(view.length).toBe(bytes);
    expectOnly(view, mark);
  }

  #own({ buffer, offset, size }: Owned, from: number, to: number): void {
    const owners = this.#owners.get(buffer) ?? new Int32Array(Math.ceil(buffer.byteLength / GRANULE));
    this.#owners.set(buffer, owners);
    const own = owners.subarray(offset / GRANULE, Math.ceil((offset + size) / GRANULE));
    expectOnly(own, from);
    own.fill(to);
  }
}

function expectOnly(array: Uint8Array | Int32Array, expected: number): void {
  for (let i = 0; i < array.length; i++) if (array[i] !== expected) throw new Error(`${array[i]} in place of ${expected} at ${i}`);
}

/** In address order, from the first byte to the last, each byte in one block. */
function expectCover(walked: readonly BlockInfo[], size: number): void {
  let end = 0;
  for (const block of walked) {
    // Plain comparisons: `expect` for each block would take most of a test's time.
    if (block.offset !== end || !(block.size > 0)) throw new Error(`${JSON.stringify(block)} does not begin at ${end}`);
    end += block.size;
  }
  expect(end).toBe(size);
}

/** What the statistics say of now, counted again block by block. */
function expectCounted(stats: AllocatorStats, walked: readonly BlockInfo[]): void {
  const sizes = (state: BlockInfo['state']) => walked.filter((block) => block.state === state).map(({ size }) => size);
  const free = sizes('free');
  const bySize = new Map<number, number>();
  for (const size of free.toSorted((a, b) => a - b)) bySize.set(size, (bySize.get(size) ?? 0) + 1);
  expect({
    size: stats.size,
    blocks: stats.blocks.current,
    reserved: stats.reserved.current,
    requested: stats.requested.current,
    cachedBytes: stats.cachedBytes,
    freeBytes: stats.freeBytes,
    largestFreeBytes: stats.largestFreeBytes,
    freeBlocks: stats.freeBlocks,
  }).toEqual({
    size: sum(walked.map(({ size }) => size)),
    blocks: sizes('live').length,
    reserved: sum(sizes('live')),
    requested: sum(walked.map(({ requested }) => requested ?? 0)),
    cachedBytes: sum(sizes('cached')),
    freeBytes: sum(free),
    largestFreeBytes: Math.max(0, ...free),
    freeBlocks: [...bySize].map(([size, count]) => ({ size, count })),
  });
}

class Count {
  #current = 0;
  #peak = 0;
  #allocated = 0;

  add(amount: number): void {
    this.#current += amount;
    this.#allocated += amount;
    this.#peak = Math.max(this.#peak, this.#current);
  }

  remove(amount: number): void {
    this.#current -= amount;
  }

  tally(): Tally {
    return { current: this.#current, peak: this.#peak, allocated: this.#allocated, freed: this.#allocated - this.#current };
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
