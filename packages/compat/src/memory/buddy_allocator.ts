import { BlockError, MemoryPool as IdiomaticPool, type TensorType } from '@otel-perf/memory-pool';
import { MemoryBlock } from './block.ts';
import { check_min_block_size, check_tensor_id, check_tensor_type, check_total_size } from './checks.ts';
import { to_allocator_metrics, to_allocator_stats, type AllocatorMetrics, type AllocatorStats } from './stats.ts';

/** Blocks of a power of two times `min_block_size`, for tensors of all types. */
export class BuddyAllocator {
  readonly #pool: IdiomaticPool;

  /** @throws RangeError for a size that is no positive multiple of `min_block_size`, or a `min_block_size` that is no power of two. */
  constructor(total_size: number, min_block_size = 256) {
    check_min_block_size(min_block_size);
    check_total_size('total_size', total_size, min_block_size);
    this.#pool = new IdiomaticPool({ type: 'buddy_allocator', size: total_size, minBlockSize: min_block_size, leaks: false, timing: 1 });
  }

  /**
   * `null` when there is no room.
   * @throws RangeError for a size that is no positive integer, or an empty id; BlockError for an id that a live block has.
   */
  allocate(size: number, tensor_type: TensorType, tensor_id: string): MemoryBlock | null {
    check_tensor_type(tensor_type);
    const block = this.#pool.allocate(size, check_tensor_id(tensor_id));
    return block === null ? null : new MemoryBlock(block, tensor_type);
  }

  /** @throws BlockError for a block that is freed, or of another allocator. */
  deallocate(block: MemoryBlock): void {
    if (!(block instanceof MemoryBlock)) throw new BlockError(`${String(block)} is no MemoryBlock`);
    this.#pool.deallocate(MemoryBlock.idiomatic(block));
    MemoryBlock.refresh(block);
  }

  get_stats(): AllocatorStats {
    return to_allocator_stats(this.#pool);
  }

  get_performance_metrics(): AllocatorMetrics {
    return to_allocator_metrics(this.#pool);
  }
}
