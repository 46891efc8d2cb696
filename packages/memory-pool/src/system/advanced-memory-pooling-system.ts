import type { Compaction } from '../pool/compaction.ts';
import type { MemoryBlock } from '../pool/memory-block.ts';
import { MemoryPool } from '../pool/memory-pool.ts';
import type { MemoryPoolOptions, OnFailure } from '../pool/pool-options.ts';
import type { PoolSnapshot, PoolStats } from '../pool/pool-stats.ts';
import { TENSOR_TYPES, type TensorType } from '../pool/tensor-type.ts';
import { checkTensorType, poolOptionsByType, type MemoryPoolingOptions } from './system-options.ts';
import { systemPerformance, systemStats, type SystemPerformance, type SystemStats } from './system-stats.ts';

/**
 * A `MemoryPool` for each `TensorType`. A pool is made when it is first needed, and its memory comes from the system as it is touched, so
 * that the sizes are no more than bounds.
 *
 * Blocks belong to who has their id, and live until they are freed: leak detection is off unless it is asked for, since it would give back
 * the memory of a `MemoryBlock` that nobody keeps.
 */
export class AdvancedMemoryPoolingSystem<Failure extends OnFailure = 'null'> implements Disposable {
  readonly #options: ReadonlyMap<TensorType, MemoryPoolOptions<Failure>>;
  readonly #pools = new Map<TensorType, MemoryPool<Failure>>();

  /** @throws TypeError or RangeError that names the option and its bound. */
  constructor(options: MemoryPoolingOptions<Failure> = {}) {
    this.#options = poolOptionsByType(options);
  }

  /** @throws RangeError for a word that is no `TensorType`. */
  pool(type: TensorType): MemoryPool<Failure> {
    let pool = this.#pools.get(checkTensorType(type));
    if (pool === undefined) {
      pool = new MemoryPool(this.#options.get(type)!);
      this.#pools.set(type, pool);
    }
    return pool;
  }

  /** See `MemoryPool.allocate`. */
  allocate(type: TensorType, bytes: number, tensorId?: string): MemoryBlock | (Failure extends 'throw' ? never : null) {
    return this.pool(type).allocate(bytes, tensorId);
  }

  /** `false` where no live block of the pool has this id. */
  deallocate(type: TensorType, tensorId: string): boolean {
    const pool = this.pool(type);
    if (!pool.has(tensorId)) return false;
    pool.deallocate(tensorId);
    return true;
  }

  getPoolStats(type: TensorType): PoolStats {
    return this.pool(type).stats();
  }

  getSystemStats(): SystemStats {
    return systemStats(this.#each((pool) => pool.stats()));
  }

  getPerformanceMetrics(): SystemPerformance {
    return systemPerformance(this.#each((pool) => pool.getPerformanceMetrics()));
  }

  /** Compacts each pool that is in use. */
  compact(): Partial<Record<TensorType, Compaction>> {
    return Object.fromEntries(Array.from(this.#pools, ([type, pool]) => [type, pool.compact()]));
  }

  /** Pictures of the pools that are in use. */
  snapshot(): PoolSnapshot[] {
    return Array.from(this.#pools.values(), (pool) => pool.snapshot());
  }

  /** Closes the pools; ones that are asked for later are new. */
  close(): void {
    for (const pool of this.#pools.values()) pool.close();
    this.#pools.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #each<Result>(ask: (pool: MemoryPool<Failure>) => Result): Record<TensorType, Result> {
    return Object.fromEntries(TENSOR_TYPES.map((type) => [type, ask(this.pool(type))])) as Record<TensorType, Result>;
  }
}
