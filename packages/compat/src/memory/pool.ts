import { MemoryPool as IdiomaticPool, type Compaction, type TensorType } from '@otel-perf/memory-pool';
import { MemoryBlock } from './block.ts';
import { check_min_block_size, check_tensor_id, check_tensor_type, check_total_size } from './checks.ts';
import { to_allocator_metrics, to_pool_metrics, to_pool_stats, type AllocatorMetrics, type PoolMetrics, type PoolStats } from './stats.ts';

/** What a compaction gained. */
export interface CompactionResult {
  blocks_moved: number;
  bytes_copied: number;
  largest_free_before: number;
  largest_free_after: number;
}

/** The memory for tensors of one type. */
export class MemoryPool {
  readonly tensor_type: TensorType;
  readonly #pool: IdiomaticPool;
  readonly #blocks = new Map<string, MemoryBlock>();

  /** @throws RangeError for a size that is no positive multiple of `min_block_size`, or a `min_block_size` that is no power of two. */
  constructor(tensor_type: TensorType, pool_size: number, min_block_size = 256) {
    check_tensor_type(tensor_type);
    check_min_block_size(min_block_size);
    check_total_size('pool_size', pool_size, min_block_size);
    this.tensor_type = tensor_type;
    // Blocks belong to who has their id.
    this.#pool = new IdiomaticPool({ type: tensor_type, size: pool_size, minBlockSize: min_block_size, leaks: false, timing: 1 });
  }

  /**
   * `null` when there is no room.
   * @throws RangeError for a size that is no positive integer, or an empty id; BlockError for an id that a live block has.
   */
  allocate(size: number, tensor_id: string): MemoryBlock | null {
    const allocated = this.#pool.allocate(size, check_tensor_id(tensor_id));
    if (allocated === null) return null;
    const block = new MemoryBlock(allocated, this.tensor_type);
    this.#blocks.set(tensor_id, block);
    return block;
  }

  /** `false` for an id that no live block has. */
  deallocate(tensor_id: string): boolean {
    const block = this.#blocks.get(tensor_id);
    if (block === undefined) return false;
    this.#pool.deallocate(MemoryBlock.idiomatic(block));
    this.#blocks.delete(tensor_id);
    MemoryBlock.refresh(block);
    return true;
  }

  /** Moves blocks so that free memory comes together. What they hold moves with them; views made before are out of date. */
  compact(): CompactionResult {
    const result = to_result(this.#pool.compact());
    for (const block of this.#blocks.values()) MemoryBlock.refresh(block);
    return result;
  }

  get_stats(): PoolStats {
    return to_pool_stats(this.#pool, this.tensor_type);
  }

  get_performance_metrics(): PoolMetrics {
    return to_pool_metrics(this.#pool);
  }

  get_buddy_allocator_metrics(): AllocatorMetrics {
    return to_allocator_metrics(this.#pool);
  }
}

function to_result({ blocksMoved, bytesCopied, largestFreeBefore, largestFreeAfter }: Compaction): CompactionResult {
  return {
    blocks_moved: blocksMoved,
    bytes_copied: bytesCopied,
    largest_free_before: largestFreeBefore,
    largest_free_after: largestFreeAfter,
  };
}
