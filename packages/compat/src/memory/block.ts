import type { ElementType, MemoryBlock as IdiomaticBlock, TensorType, ViewOf } from '@otel-perf/memory-pool';

/** A piece of a pool's memory. The fields are as of the last call of its pool or allocator. */
export class MemoryBlock {
  /** In the pool's address space, in bytes. */
  start_addr: number;
  /** Bytes that it takes, rounded up to a power of two. */
  size: number;
  is_free: boolean;
  readonly tensor_type: TensorType;
  readonly tensor_id: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly #block: IdiomaticBlock;

  constructor(block: IdiomaticBlock, tensor_type: TensorType) {
    this.start_addr = block.offset;
    this.size = block.size;
    this.is_free = false;
    this.tensor_type = tensor_type;
    this.tensor_id = block.id;
    this.timestamp = block.allocatedAt / 1e3;
    this.#block = block;
  }

  /** The memory itself: the bytes that were asked for, or whole elements of `type`. Take it anew after `compact_memory`. */
  view(): Uint8Array;
  view<T extends ElementType>(type: T): ViewOf<T>;
  view(type?: ElementType): Uint8Array | ViewOf<ElementType> {
    return type === undefined ? this.#block.view() : this.#block.view(type);
  }

  static idiomatic(block: MemoryBlock): IdiomaticBlock {
    return block.#block;
  }

  /** Brings the fields up to date. */
  static refresh(block: MemoryBlock): void {
    const { state } = block.#block;
    block.is_free = state === 'freed';
    if (state === 'live') block.start_addr = block.#block.offset;
  }
}
