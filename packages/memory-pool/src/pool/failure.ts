import type { AllocatorStats } from '../model/allocator.ts';

/**
 * Why there was no room: the pool can never give that much (`size`), too little is free (`memory`), or enough is free and no block of it
 * large enough (`fragmentation`).
 */
export const FAILURE_REASONS = ['memory', 'fragmentation', 'size'] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** An allocation that was refused, with the figures of that moment, in bytes. */
export interface AllocationFailure {
  readonly pool: string;
  readonly requested: number;
  readonly reason: FailureReason;
  readonly free: number;
  readonly largestFree: number;
  /** What an empty pool could give at most. */
  readonly largestPossible: number;
  readonly size: number;
  /** From 0, lack of memory, to 1, fragmentation: as Linux works it out (`/sys/kernel/debug/extfrag`). */
  readonly fragmentationIndex: number;
}

/** No room in a pool, thrown with `onFailure: 'throw'`. The message tells lack of memory from fragmentation. */
export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';
  readonly failure: AllocationFailure;

  constructor(failure: AllocationFailure) {
    super(describeFailure(failure));
    this.failure = failure;
  }
}

/** Why a request was refused, for whoever uses an allocator alone; `stats` as of then, with nothing left in magazines. */
export function diagnose(pool: string, requested: number, largestPossible: number, stats: AllocatorStats): AllocationFailure {
  const free = stats.freeBytes + stats.cachedBytes;
  const { size, largestFreeBytes: largestFree } = stats;
  const reason = requested > largestPossible ? 'size' : free < requested ? 'memory' : 'fragmentation';
  const fragmentationIndex = fragmentationIndexOf(requested, free, stats.freeBlocks);
  return { pool, requested, reason, free, largestFree, largestPossible, size, fragmentationIndex };
}

export function describeFailure({ pool, requested, reason, free, largestFree, ...failure }: AllocationFailure): string {
  const { largestPossible, size, fragmentationIndex } = failure;
  const what = `memory pool ${JSON.stringify(pool)} has no room for ${requested} bytes`;
  if (reason === 'size') return `${what}: it never gives more than ${largestPossible} bytes at once`;
  const how = `${free} of ${size} bytes are free`;
  if (reason === 'memory') return `${what}: lack of memory, ${how}`;
  const index = fragmentationIndex.toFixed(2);
  return `${what}: fragmentation, ${how} and the largest free block has ${largestFree} (index ${index}); compact() may help`;
}

/** Of a request that no free block fits. */
function fragmentationIndexOf(requested: number, free: number, freeBlocks: AllocatorStats['freeBlocks']): number {
  const blocks = freeBlocks.reduce((sum, { count }) => sum + count, 0);
  if (blocks === 0) return 0;
  return Math.min(1, Math.max(0, 1 - (1 + free / requested) / blocks));
}
