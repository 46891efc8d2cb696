import type { Allocator, AllocatorStats, Tally } from '../model/allocator.ts';
import { FAILURE_REASONS, type FailureReason } from './failure.ts';

/** What a pool is counted by. It does not know the pool, so that whoever reads figures keeps no pool alive. */
export class PoolState {
  #allocator: Allocator;
  /** What the allocator could give at most when it is empty. */
  readonly largestPossible: number;
  readonly failures: Record<FailureReason, number>;
  leaks = 0;
  /** What compactions have allocated and freed: nobody asked for it. */
  readonly #moved = { blocks: 0, reserved: 0, requested: 0 };

  constructor(allocator: Allocator) {
    this.#allocator = allocator;
    const { largestFreeBytes, reserved } = allocator.stats();
    this.largestPossible = reserved.current === 0 ? largestFreeBytes : allocator.size;
    this.failures = Object.fromEntries(FAILURE_REASONS.map((reason) => [reason, 0])) as Record<FailureReason, number>;
  }

  /** Exact, with nothing left in magazines; `failures` are those of the pool. */
  read(): AllocatorStats {
    const { blocks, reserved, requested, ...stats } = this.#settled();
    const moved = this.#moved;
    return {
      ...stats,
      blocks: less(blocks, moved.blocks),
      reserved: less(reserved, moved.reserved),
      requested: less(requested, moved.requested),
      failures: FAILURE_REASONS.reduce((sum, reason) => sum + this.failures[reason], 0),
    };
  }

  /** Runs `move`, which allocates and frees on nobody's behalf. */
  apart<Result>(move: () => Result): Result {
    const before = this.#settled();
    const result = move();
    const after = this.#settled();
    for (const kind of ['blocks', 'reserved', 'requested'] as const) {
      const [allocated, freed] = [after[kind].allocated - before[kind].allocated, after[kind].freed - before[kind].freed];
      this.#moved[kind] += Math.min(allocated, freed);
    }
    return result;
  }

  /** Lets go of the allocator for one that refuses. */
  close(refusing: Allocator): void {
    this.#allocator = refusing;
  }

  #settled(): AllocatorStats {
    this.#allocator.drain();
    return this.#allocator.stats();
  }
}

function less({ current, peak, allocated, freed }: Tally, moved: number): Tally {
  return { current, peak, allocated: allocated - moved, freed: freed - moved };
}

/**
 * How much of the free memory is of no use to a large allocation: 1 - largest free block / free memory, 0 where nothing is free. Of memory
 * that could not be one block anyhow, such as that of fixed blocks, as much as could be counts.
 */
export function fragmentationOf(freeBytes: number, largestFreeBytes: number, largestPossible: number): number {
  const most = Math.min(freeBytes, largestPossible);
  return most === 0 ? 0 : Math.max(0, 1 - largestFreeBytes / most);
}
