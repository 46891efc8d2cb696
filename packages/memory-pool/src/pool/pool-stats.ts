import type { AllocatorStats, BlockInfo } from '../model/allocator.ts';
import type { FailureReason } from './failure.ts';

/** Exact, as of the call. Bytes, unless the name says otherwise. */
export interface PoolStats extends AllocatorStats {
  readonly type: string;
  readonly name: string;
  /** Live blocks that are `MemoryBlock`s; the others of `blocks.current` are bare handles. */
  readonly memoryBlocks: number;
  readonly failuresByReason: Readonly<Record<FailureReason, number>>;
  readonly leaks: number;
  /** Reserved of all. */
  readonly utilization: number;
  /** Part of the reserved memory that nobody asked for: 1 - requested / reserved. */
  readonly internalFragmentation: number;
  /** Part of the free memory that is of no use to a large allocation: 1 - largest free block / free memory. */
  readonly fragmentation: number;
}

/** A picture of a pool's memory. */
export interface PoolSnapshot {
  readonly type: string;
  readonly name: string;
  readonly size: number;
  /** Unix time in milliseconds. */
  readonly takenAt: number;
  /** In address order; together they are all of the memory. */
  readonly blocks: readonly SnapshotBlock[];
}

export interface SnapshotBlock extends Omit<BlockInfo, 'handle'> {
  /** Of `MemoryBlock`s; a live block without an id is a bare handle, which no compaction moves. */
  readonly id?: string;
  readonly ageMillis?: number;
}

/** Seconds, unless the name says otherwise. Only one in so many operations is timed, see `timing`. */
export interface PoolPerformance {
  readonly allocationCount: number;
  readonly deallocationCount: number;
  readonly failureCount: number;
  readonly timedAllocationCount: number;
  readonly timedDeallocationCount: number;
  /** Of the timed ones; 0 where none was. */
  readonly averageAllocationTime: number;
  readonly averageDeallocationTime: number;
  /** Of all: the average times the count, which is exact when all are timed. */
  readonly totalAllocationTime: number;
  readonly totalDeallocationTime: number;
}
