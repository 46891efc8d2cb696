import { NO_BLOCK, type Allocator, type BlockInfo, type Handle } from '../model/allocator.ts';

/** Places to choose from, for each block and besides. More would be better ones, and take longer to find. */
const CHOICE = 4;
const SOME = 256;
/** Slots of one class may differ a little. */
const NEARLY = 1.125;

export interface BlockMove {
  readonly id: string;
  /** In the pool's address space, in bytes. */
  readonly from: number;
  readonly to: number;
}

export type MoveListener = (move: BlockMove) => void;

/** What a compaction gained. */
export interface Compaction {
  readonly blocksMoved: number;
  readonly bytesCopied: number;
  /** Live blocks that could not move, since somebody has their bare handle. */
  readonly pinned: number;
  readonly largestFreeBefore: number;
  /** Never less. */
  readonly largestFreeAfter: number;
  readonly freeBytes: number;
}

/** A block that may be moved: whoever has it looks the handle up. */
export interface Movable {
  handle: Handle;
  readonly requested: number;
}

/**
 * Moves blocks toward low addresses, with nothing but `malloc` and `free`, so that any allocator will do: for the blocks of one size it
 * asks for places until none is left, and moves the highest blocks to the lowest places.
 *
 * - Contents are copied before the old place is freed, so that nothing is lost whatever the allocator does.
 * - A move is only ever to a lower address, so it ends.
 * - The highest of the largest free blocks is left alone in each round, so that the largest free block never gets smaller.
 * - It asks for no more at a time than the allocator has handed out at its peak, or for one block: peaks rise by that at most, as the
 *   allocator rounds it up, and that of the requested bytes by what rounding up had hidden.
 */
export function relocate(
  allocator: Allocator,
  blocks: readonly Movable[],
): { readonly moved: ReadonlySet<Movable>; readonly bytes: number } {
  const moved = new Set<Movable>();
  let bytes = 0;
  for (;;) {
    const round = new Round(allocator);
    const bySize = Map.groupBy(blocks, ({ handle }) => allocator.sizeOf(handle));
    for (const [size, group] of [...bySize].sort(([a], [b]) => b - a)) round.pack(size, group);
    if (round.moved.length === 0) return { moved, bytes };
    for (const block of round.moved) {
      moved.add(block);
      bytes += block.requested;
    }
  }
}

/** In which each block is looked at once. */
class Round {
  readonly moved: Movable[] = [];
  readonly #allocator: Allocator;
  /** How many blocks and bytes may be asked for at a time. */
  readonly #blocks: number;
  readonly #bytes: number;
  /** The free block that is left alone. */
  readonly #left: BlockInfo | undefined;

  constructor(allocator: Allocator) {
    this.#allocator = allocator;
    allocator.drain();
    const { blocks, reserved } = allocator.stats();
    this.#blocks = blocks.peak - blocks.current;
    this.#bytes = reserved.peak - reserved.current;
    this.#left = highestOfLargest(allocator.walk());
  }

  /** Moves what can be moved of the blocks of `size` bytes. */
  pack(size: number, group: readonly Movable[]): void {
    const falling = group.toSorted((a, b) => this.#addressOf(b.handle) - this.#addressOf(a.handle));
    const { lowest, others } = this.#places(size, falling);
    // While all that might be given instead is held, what is freed is what is given next.
    const free = [...others];
    for (const [i, place] of lowest.entries()) {
      const block = falling[i]!;
      const to = this.#claim(block, place);
      if (to === NO_BLOCK) continue;
      free.push(this.#isLower(to, block) && this.#mayTake(to, size) ? this.#move(block, to) : to);
    }
    for (const handle of free) this.#allocator.free(handle);
  }

  /** Places for blocks of `size` bytes, as many as may be asked for at once: the lowest, rising, each below the block of its rank. */
  #places(size: number, falling: readonly Movable[]): { readonly lowest: readonly Handle[]; readonly others: readonly Handle[] } {
    const most = Math.min(this.#blocks, this.#bytes / size, falling.length * CHOICE + SOME);
    const least = Math.min(...falling.map(({ requested }) => requested));
    const places: Handle[] = [];
    do {
      const place = this.#malloc(least);
      if (place === NO_BLOCK) break;
      places.push(place);
    } while (places.length + 1 <= most);
    const usable = places.filter((place) => this.#mayTake(place, size));
    const others = places.filter((place) => !this.#mayTake(place, size));
    usable.sort((a, b) => this.#addressOf(a) - this.#addressOf(b));
    let count = 0;
    while (count < usable.length && count < falling.length && this.#isLower(usable[count]!, falling[count]!)) count++;
    return { lowest: usable.slice(0, count), others: [...others, ...usable.slice(count)] };
  }

  /** Gives the place that is left. */
  #move(block: Movable, to: Handle): Handle {
    const from = block.handle;
    this.#allocator.view(to).set(this.#allocator.view(from));
    block.handle = to;
    this.moved.push(block);
    return from;
  }

  /** `place` as a block of as many bytes as were asked for; another place, or none, where the allocator has a mind of its own. */
  #claim({ requested }: Movable, place: Handle): Handle {
    if (this.#allocator.requestedOf(place) === requested) return place;
    this.#allocator.free(place);
    return this.#malloc(requested);
  }

  #mayTake(place: Handle, size: number): boolean {
    if (this.#allocator.sizeOf(place) > size * NEARLY) return false;
    const left = this.#left;
    const address = this.#addressOf(place);
    return left === undefined || address < left.offset || address >= left.offset + left.size;
  }

  #isLower(place: Handle, { handle }: Movable): boolean {
    return this.#addressOf(place) < this.#addressOf(handle);
  }

  #addressOf(handle: Handle): number {
    return this.#allocator.addressOf(handle);
  }

  #malloc(bytes: number): Handle {
    try {
      return this.#allocator.malloc(bytes);
    } catch {
      // The system has no memory for another buffer: as good as no room.
      return NO_BLOCK;
    }
  }
}

function highestOfLargest(blocks: Iterable<BlockInfo>): BlockInfo | undefined {
  let highest: BlockInfo | undefined;
  for (const block of blocks) {
    if (block.state === 'free' && block.size >= (highest?.size ?? 0)) highest = block;
  }
  return highest;
}
