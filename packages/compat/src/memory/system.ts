import { TensorType } from '@otel-perf/memory-pool';
import type { MemoryBlock } from './block.ts';
import { check_min_block_size, check_tensor_type, check_total_size } from './checks.ts';
import { MemoryPool, type CompactionResult } from './pool.ts';
import type { AllocatorMetrics, PoolMetrics, PoolStats } from './stats.ts';

/** Bytes. They are address space: memory is taken from the system as it is touched. */
export interface PoolSizes {
  /** Default 512 MiB. */
  kv_cache_size?: number;
  /** Default 256 MiB. */
  image_features_size?: number;
  /** Default 128 MiB. */
  text_embeddings_size?: number;
  /** Default 512 MiB. */
  gradients_size?: number;
  /** Default 256 MiB. */
  activations_size?: number;
  /** Default 1 GiB. */
  parameters_size?: number;
  /** Default 256. */
  min_block_size?: number;
}

/** Of all pools together. */
export interface SystemStats {
  total_pool_size: number;
  total_allocated: number;
  total_free: number;
  utilization_ratio: number;
  allocated_blocks: number;
  active_allocations: number;
  pools: Record<TensorType, PoolStats>;
}

/** Times in seconds. */
export interface PerformanceMetrics {
  system_metrics: {
    system_allocation_count: number;
    system_deallocation_count: number;
    system_failure_count: number;
    system_total_allocation_time: number;
    system_total_deallocation_time: number;
    system_avg_allocation_time: number;
    system_avg_deallocation_time: number;
  };
  pool_metrics: Record<TensorType, PoolMetrics>;
  buddy_allocator_metrics: Record<TensorType, AllocatorMetrics>;
}

const MIB = 2 ** 20;

/** A memory pool for each type of tensor. */
export class AdvancedMemoryPoolingSystem {
  readonly #pools: ReadonlyMap<TensorType, MemoryPool>;

  /** @throws RangeError for a size that is no positive multiple of `min_block_size`, or a `min_block_size` that is no power of two. */
  constructor({
    kv_cache_size = 512 * MIB,
    image_features_size = 256 * MIB,
    text_embeddings_size = 128 * MIB,
    gradients_size = 512 * MIB,
    activations_size = 256 * MIB,
    parameters_size = 1024 * MIB,
    min_block_size = 256,
  }: PoolSizes = {}) {
    check_min_block_size(min_block_size);
    const sizes = { kv_cache_size, image_features_size, text_embeddings_size, gradients_size, activations_size, parameters_size };
    for (const [name, size] of Object.entries(sizes)) check_total_size(name, size, min_block_size);
    this.#pools = new Map(
      Object.values(TensorType).map((type) => [type, new MemoryPool(type, sizes[`${type}_size` as const], min_block_size)]),
    );
  }

  /**
   * `null` when the pool has no room.
   * @throws RangeError for a type that is none, a size that is no positive integer, or an empty id; BlockError for an id in use.
   */
  allocate(tensor_type: TensorType, size: number, tensor_id: string): MemoryBlock | null {
    return this.#pool(tensor_type).allocate(size, tensor_id);
  }

  /** `false` for an id that no live block of the type's pool has. */
  deallocate(tensor_type: TensorType, tensor_id: string): boolean {
    return this.#pool(tensor_type).deallocate(tensor_id);
  }

  get_pool_stats(tensor_type: TensorType): PoolStats {
    return this.#pool(tensor_type).get_stats();
  }

  get_system_stats(): SystemStats {
    const pools = this.#each((pool) => pool.get_stats());
    const sum = (key: keyof PoolStats) => Object.values(pools).reduce((total, stats) => total + Number(stats[key]), 0);
    return {
      total_pool_size: sum('pool_size'),
      total_allocated: sum('total_allocated'),
      total_free: sum('total_free'),
      utilization_ratio: sum('total_allocated') / sum('pool_size'),
      allocated_blocks: sum('allocated_blocks'),
      active_allocations: sum('active_allocations'),
      pools,
    };
  }

  /** Moves blocks so that free memory comes together in each pool. Views made before are out of date. */
  compact_memory(): Record<TensorType, CompactionResult> {
    return this.#each((pool) => pool.compact());
  }

  get_performance_metrics(): PerformanceMetrics {
    const pool_metrics = this.#each((pool) => pool.get_performance_metrics());
    const sum = (key: keyof PoolMetrics) => Object.values(pool_metrics).reduce((total, metrics) => total + metrics[key], 0);
    const [allocations, deallocations] = [sum('allocation_count'), sum('deallocation_count')];
    const [allocation_time, deallocation_time] = [sum('total_allocation_time'), sum('total_deallocation_time')];
    return {
      system_metrics: {
        system_allocation_count: allocations,
        system_deallocation_count: deallocations,
        system_failure_count: sum('failure_count'),
        system_total_allocation_time: allocation_time,
        system_total_deallocation_time: deallocation_time,
        system_avg_allocation_time: allocations === 0 ? 0 : allocation_time / allocations,
        system_avg_deallocation_time: deallocations === 0 ? 0 : deallocation_time / deallocations,
      },
      pool_metrics,
      buddy_allocator_metrics: this.#each((pool) => pool.get_buddy_allocator_metrics()),
    };
  }

  #pool(tensor_type: TensorType): MemoryPool {
    check_tensor_type(tensor_type);
    return this.#pools.get(tensor_type)!;
  }

  #each<Result>(ask: (pool: MemoryPool) => Result): Record<TensorType, Result> {
    return Object.fromEntries(Array.from(this.#pools, ([type, pool]) => [type, ask(pool)])) as Record<TensorType, Result>;
  }
}
