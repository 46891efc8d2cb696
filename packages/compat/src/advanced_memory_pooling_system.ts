export { TensorType } from '@otel-perf/memory-pool';
export { MemoryBlock } from './memory/block.ts';
export { BuddyAllocator } from './memory/buddy_allocator.ts';
export { MemoryPool, type CompactionResult } from './memory/pool.ts';
export type { AllocatorMetrics, AllocatorStats, PoolMetrics, PoolStats } from './memory/stats.ts';
export { AdvancedMemoryPoolingSystem, type PerformanceMetrics, type PoolSizes, type SystemStats } from './memory/system.ts';
