import { BlockError } from '../model/errors.ts';
import type { Handle } from '../model/allocator.ts';
import type { ElementType, ViewOf } from '../arena/element-types.ts';
import type { BlockMove, MoveListener } from './compaction.ts';

/** @internal What a pool knows of a block that it handed out as a `MemoryBlock`; it must not keep that one alive. */
export interface BlockRecord {
  readonly owner: BlockOwner;
  readonly id: string;
  handle: Handle;
  /** Bytes that were asked for. */
  readonly requested: number;
  /** In milliseconds of `performance.now()`. */
  readonly allocatedAt: number;
  readonly stack: string | undefined;
  live: boolean;
  /** Set by a block that listens to moves. */
  listener?: WeakRef<MemoryBlock>;
}

/** @internal The pool of a block. */
export interface BlockOwner {
  readonly name: string;
  sizeOf(record: BlockRecord): number;
  offsetOf(record: BlockRecord): number;
  viewOf(record: BlockRecord, type: ElementType): ViewOf<ElementType>;
  release(record: BlockRecord): void;
  leaked(record: BlockRecord): void;
}

/**
 * Views that have been handed out keep their block alive, so that memory in use is no leak. Those that are made from them, by `subarray`
 * or of their `buffer`, do not.
 */
const blocks = new WeakMap<object, MemoryBlock>();

/**
 * A piece of a pool's memory. `using block = pool.allocate(…)` frees it at the end of the scope.
 *
 * `compact()` of the pool may move it, and what a view made before shows is then somebody else's: take `view()` anew after a compaction, or
 * be told of moves by `onMove`.
 */
export class MemoryBlock implements Disposable {
  readonly #record: BlockRecord;
  #listener: MoveListener | undefined;

  /** @internal */
  constructor(record: BlockRecord) {
    this.#record = record;
  }

  get id(): string {
    return this.#record.id;
  }

  /** Bytes that were asked for: the length of `view()`. */
  get requested(): number {
    return this.#record.requested;
  }

  /** Unix time in milliseconds. */
  get allocatedAt(): number {
    return performance.timeOrigin + this.#record.allocatedAt;
  }

  get state(): 'live' | 'freed' {
    return this.#record.live ? 'live' : 'freed';
  }

  /** Bytes that it takes in the pool. @throws BlockError once it is freed. */
  get size(): number {
    return this.#live().owner.sizeOf(this.#record);
  }

  /** Where it lies in the pool's address space now, in bytes. @throws BlockError once it is freed. */
  get offset(): number {
    return this.#live().owner.offsetOf(this.#record);
  }

  /** The bytes, or whole elements of `type`, where they lie now. @throws BlockError once it is freed. */
  view(): Uint8Array;
  view<T extends ElementType>(type: T): ViewOf<T>;
  view(type: ElementType = 'uint8'): Uint8Array | ViewOf<ElementType> {
    const view = this.#live().owner.viewOf(this.#record, type);
    blocks.set(view, this);
    return view;
  }

  /** Calls `listener` after each compaction that has moved this block, in place of one given before. */
  onMove(listener: MoveListener): void {
    this.#listener = listener;
    this.#live().listener ??= new WeakRef(this);
  }

  /** @throws BlockError when it is freed already. */
  free(): void {
    const record = this.#live();
    record.owner.release(record);
  }

  /** Frees it unless it is freed. */
  [Symbol.dispose](): void {
    if (this.#record.live) this.free();
  }

  /** @internal */
  static recordOf(block: MemoryBlock): BlockRecord {
    return block.#record;
  }

  /** @internal */
  moved(move: BlockMove): void {
    this.#listener?.(move);
  }

  #live(): BlockRecord {
    if (!this.#record.live) throw new BlockError(`block ${JSON.stringify(this.id)} is freed`);
    return this.#record;
  }
}
