import type { MemoryPool, TensorType } from '@otel-perf/memory-pool';

/** Bytes, unless the name says otherwise. */
export interface AllocatorStats {
  /** Of the blocks that are handed out. */
  total_allocated: number;
  total_free: number;
  largest_free_block: number;
  /** 1 - largest free block / free memory; 0 where nothing is free. */
  fragmentation_ratio: number;
  /** Allocated of all. */
  utilization_ratio: number;
  /** How many. */
  allocated_blocks: number;
  /** How many. */
  num_free_blocks: number;
}

export interface PoolStats extends AllocatorStats {
  pool_size: number;
  /** How many. */
  active_allocations: number;
  tensor_type: TensorType;
}

/** Seconds, over all operations since the start. */
export interface PoolMetrics {
  allocation_count: number;
  deallocation_count: number;
  failure_count: number;
  total_allocation_time: number;
  total_deallocation_time: number;
  avg_allocation_time: number;
  avg_deallocation_time: number;
}

export interface AllocatorMetrics extends PoolMetrics {
  split_count: number;
  merge_count: number;
}

export function to_allocator_stats(pool: MemoryPool): AllocatorStats {
  const { reserved, freeBytes, largestFreeBytes, utilization, blocks, freeBlocks } = pool.stats();
  return {
    total_allocated: reserved.current,
    total_free: freeBytes,
    largest_free_block: largestFreeBytes,
    fragmentation_ratio: freeBytes === 0 ? 0 : 1 - largestFreeBytes / freeBytes,
    utilization_ratio: utilization,
    allocated_blocks: blocks.current,
    num_free_blocks: freeBlocks.reduce((sum, { count }) => sum + count, 0),
  };
}

export function to_pool_stats(pool: MemoryPool, tensor_type: TensorType): PoolStats {
  return { ...to_allocator_stats(pool), pool_size: pool.size, active_allocations: pool.stats().memoryBlocks, tensor_type };
}

export function to_pool_metrics(pool: Pick<MemoryPool, 'getPerformanceMetrics'>): PoolMetrics {
  const metrics = pool.getPerformanceMetrics();
  return {
    allocation_count: metrics.allocationCount,
    deallocation_count: metrics.deallocationCount,
    failure_count: metrics.failureCount,
    total_allocation_time: metrics.totalAllocationTime,
    total_deallocation_time: metrics.totalDeallocationTime,
    avg_allocation_time: metrics.averageAllocationTime,
    avg_deallocation_time: metrics.averageDeallocationTime,
  };
}

export function to_allocator_metrics(pool: MemoryPool): AllocatorMetrics {
  const { splits, merges } = pool.stats();
  return { ...to_pool_metrics(pool), split_count: splits, merge_count: merges };
}
