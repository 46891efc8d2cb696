import { diag } from '@opentelemetry/api';
import { ErrorTypes } from '@otel-perf/metrics';
import { viewAs, type ElementType, type ViewOf } from '../arena/element-types.ts';
import { NO_BLOCK, type Allocator, type Handle } from '../model/allocator.ts';
import { BlockError } from '../model/errors.ts';
import { OperationTimes } from '../observe/operation-times.ts';
import { observePool, poolMetrics, type PoolMetrics } from '../observe/pool-metrics.ts';
import { NEVER, oneIn, PacedSampling, type Sampling } from '../observe/sampling.ts';
import { closedAllocator } from './closed.ts';
import { relocate, type BlockMove, type Compaction } from './compaction.ts';
import { diagnose, OutOfMemoryError, type AllocationFailure } from './failure.ts';
import { stackOf, stopWatching, warnOfLeak, watchForLeak } from './leaks.ts';
import { MemoryBlock, type BlockOwner, type BlockRecord } from './memory-block.ts';
import { checkText, resolvePoolOptions, type MemoryPoolOptions, type OnFailure, type PoolSettings } from './pool-options.ts';
import { fragmentationOf, PoolState } from './pool-state.ts';
import type { PoolPerformance, PoolSnapshot, PoolStats, SnapshotBlock } from './pool-stats.ts';

const MOST_BYTES = 2 ** 31 - 1;
const WARNINGS_OF_LEAKS = 100;

/**
 * Memory of one kind, with names for its blocks, statistics, leak detection, compaction and metrics.
 *
 * There are two ways in. `malloc` and `free` are those of the allocator, for hot paths: a bare handle, which is never moved and never given
 * back for its owner. `allocate` gives a `MemoryBlock` with an id.
 *
 * Counts and bytes in the metrics are exact and cost an operation nothing: they are read when somebody collects. Times are samples.
 */
export class MemoryPool<Failure extends OnFailure = 'null'> implements Disposable {
  readonly type: string;
  readonly name: string;
  readonly #settings: PoolSettings;
  #allocator: Allocator;
  readonly #zero: boolean;
  readonly #metrics: PoolMetrics | undefined;
  readonly #allocations: OperationTimes;
  readonly #deallocations: OperationTimes;
  // Operations until one is timed, that one included. Here, since each operation comes by.
  #untilAllocation = NEVER;
  #untilDeallocation = NEVER;
  readonly #unobserve: (() => void) | undefined;
  readonly #owner: BlockOwner;
  readonly #live = new Map<string, BlockRecord>();
  readonly #state: PoolState;
  readonly #errorTypes = new ErrorTypes();
  #numbered = 0;
  #lastFailure: AllocationFailure | undefined;

  /** @throws TypeError or RangeError that names the option and its bound. */
  constructor(options: MemoryPoolOptions<Failure>) {
    const settings = resolvePoolOptions(options);
    const { type, name, allocator, collector } = settings;
    this.type = type;
    this.name = name;
    this.#settings = settings;
    this.#allocator = allocator;
    this.#zero = settings.zero;
    this.#state = new PoolState(allocator);
    const metrics = collector && poolMetrics(collector, type, name);
    this.#metrics = metrics;
    this.#allocations = new OperationTimes(sampling(settings), metrics?.allocateTime);
    this.#deallocations = new OperationTimes(sampling(settings), metrics?.deallocateTime);
    if (metrics !== undefined) {
      this.#untilAllocation = 1;
      this.#untilDeallocation = 1;
      this.#unobserve = observePool(this, this.#state, metrics);
    }
    this.#owner = {
      name,
      sizeOf: ({ handle }) => this.#allocator.sizeOf(handle),
      offsetOf: ({ handle }) => this.#allocator.addressOf(handle),
      viewOf: (record, type) => this.#viewOf(record, type),
      release: (record) => this.#release(record),
      leaked: (record) => this.#leaked(record),
    };
  }

  /** Bytes of the address space. */
  get size(): number {
    return this.#allocator.size;
  }

  /** What was refused last, and why. `describeFailure` puts it into words. */
  get lastFailure(): AllocationFailure | undefined {
    return this.#lastFailure;
  }

  /** As `Allocator.malloc`, counted and timed: `NO_BLOCK` where there is no room, whatever `onFailure` says. */
  malloc(bytes: number): Handle {
    if (--this.#untilAllocation === 0) return this.#timedMalloc(bytes);
    const handle = this.#allocator.malloc(bytes);
    if (handle === NO_BLOCK) this.#refused(bytes);
    else if (this.#zero === true) this.#clear(handle);
    return handle;
  }

  /** As `Allocator.free`, for handles of `malloc`. @throws BlockError */
  free(handle: Handle): void {
    if (--this.#untilDeallocation === 0) this.#timedFree(handle);
    else this.#allocator.free(handle);
  }

  /** The bytes of a block that `malloc` gave, or whole elements of `type`. @throws BlockError */
  view(handle: Handle): Uint8Array;
  view<T extends ElementType>(handle: Handle, type: T): ViewOf<T>;
  view(handle: Handle, type?: ElementType): Uint8Array | ViewOf<ElementType> {
    return type === undefined ? this.#allocator.view(handle) : this.#allocator.view(handle, type);
  }

  /**
   * A block of at least `bytes`; where there is no room, `null` or an error as `onFailure` says. Without an `id` it gets one.
   * @throws RangeError unless `bytes` is a positive integer and `id` not empty, BlockError for an id that a live block has.
   */
  allocate(bytes: number, id?: string): MemoryBlock | (Failure extends 'throw' ? never : null);
  allocate(bytes: number, id: string = this.#freeId()): MemoryBlock | null {
    checkText('id', id);
    if (this.#live.has(id)) throw new BlockError(`the id ${JSON.stringify(id)} is in use in memory pool ${JSON.stringify(this.name)}`);
    const handle = Number.isInteger(bytes) && bytes > MOST_BYTES ? this.#refused(bytes) : this.malloc(bytes);
    if (handle === NO_BLOCK) {
      if (this.#settings.onFailure === 'throw') throw new OutOfMemoryError(this.#lastFailure!);
      return null;
    }
    const { leaks, stacks } = this.#settings;
    const stack = stacks ? stackOf(this.allocate) : undefined;
    const record: BlockRecord = { owner: this.#owner, id, handle, requested: bytes, allocatedAt: performance.now(), stack, live: true };
    this.#live.set(id, record);
    const block = new MemoryBlock(record);
    if (leaks) watchForLeak(block, record);
    return block;
  }

  /** @throws BlockError for a block that is freed or of another pool, and for an id that no live block has. */
  deallocate(block: MemoryBlock | string): void {
    if (typeof block === 'string') {
      const record = this.#live.get(block);
      if (record === undefined) throw new BlockError(`memory pool ${JSON.stringify(this.name)} has no live block ${JSON.stringify(block)}`);
      this.#release(record);
      return;
    }
    if (!(block instanceof MemoryBlock)) throw new BlockError(`${String(block)} is no MemoryBlock`);
    if (MemoryBlock.recordOf(block).owner !== this.#owner)
      throw new BlockError(`block ${JSON.stringify(block.id)} is not of memory pool ${JSON.stringify(this.name)}`);
    block.free();
  }

  /** Whether a live block has this id. */
  has(id: string): boolean {
    return this.#live.has(id);
  }

  /**
   * Moves blocks toward low addresses, so that free memory comes together. Views of a block that has moved are out of date: their owner is
   * told by `MemoryBlock.onMove` and the option `onMove`, when all is done. Bare handles stay where they are.
   * Nobody else may use the allocator meanwhile, from another thread either.
   */
  compact(): Compaction {
    const state = this.#state;
    const before = state.read();
    const records = [...this.#live.values()];
    const allocator = this.#allocator;
    const from = new Map(records.map((record) => [record, allocator.addressOf(record.handle)]));
    const { moved, bytes } = state.apart(() => relocate(allocator, records));
    const after = state.read();
    for (const record of records) {
      if (!moved.has(record)) continue;
      this.#tellMove(record, { id: record.id, from: from.get(record)!, to: allocator.addressOf(record.handle) });
    }
    return {
      blocksMoved: moved.size,
      bytesCopied: bytes,
      pinned: countLive(allocator) - records.length,
      largestFreeBefore: before.largestFreeBytes,
      largestFreeAfter: after.largestFreeBytes,
      freeBytes: after.freeBytes,
    };
  }

  stats(): PoolStats {
    const { failures, leaks, largestPossible } = this.#state;
    const stats = this.#state.read();
    const { reserved, requested, freeBytes, largestFreeBytes, size } = stats;
    return {
      type: this.type,
      name: this.name,
      ...stats,
      memoryBlocks: this.#live.size,
      failuresByReason: { ...failures },
      leaks,
      utilization: reserved.current / size,
      internalFragmentation: reserved.current === 0 ? 0 : 1 - requested.current / reserved.current,
      fragmentation: fragmentationOf(freeBytes, largestFreeBytes, largestPossible),
    };
  }

  /** Every block, with id and age where it has one. */
  snapshot(): PoolSnapshot {
    const now = performance.now();
    const records = new Map(Array.from(this.#live.values(), (record) => [record.handle, record]));
    const blocks = Array.from(this.#allocator.walk(), ({ handle, ...block }): SnapshotBlock => {
      const record = block.state === 'live' ? records.get(handle) : undefined;
      return record === undefined ? block : { ...block, id: record.id, ageMillis: now - record.allocatedAt };
    });
    return { type: this.type, name: this.name, size: this.size, takenAt: performance.timeOrigin + now, blocks };
  }

  getPerformanceMetrics(): PoolPerformance {
    const { blocks, failures } = this.#state.read();
    const [allocations, deallocations] = [this.#allocations, this.#deallocations];
    return {
      allocationCount: blocks.allocated,
      deallocationCount: blocks.freed,
      failureCount: failures,
      timedAllocationCount: allocations.count,
      timedDeallocationCount: deallocations.count,
      averageAllocationTime: allocations.average,
      averageDeallocationTime: deallocations.average,
      totalAllocationTime: allocations.average * blocks.allocated,
      totalDeallocationTime: deallocations.average * blocks.freed,
    };
  }

  /**
   * Lets go of the memory, which views that are still around keep alive. Blocks count as freed; whatever else is asked of the pool throws.
   * Its metrics stay, with nothing in use.
   */
  close(): void {
    this.#unobserve?.();
    for (const record of this.#live.values()) this.#forget(record);
    this.#allocator = closedAllocator(this.name);
    this.#state.close(this.#allocator);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #timedMalloc(bytes: number): Handle {
    const times = this.#allocations;
    const first = times.count === 0;
    const startedAt = performance.now();
    let handle: Handle;
    try {
      handle = this.#allocator.malloc(bytes);
    } catch (error) {
      this.#untilAllocation = times.failed(startedAt, this.#errorTypes.of(error));
      throw error;
    }
    const endedAt = performance.now();
    if (handle === NO_BLOCK) {
      this.#untilAllocation = times.failed(startedAt, OutOfMemoryError.name);
      return this.#refused(bytes);
    }
    if (this.#zero) this.#clear(handle);
    this.#untilAllocation = times.ended(startedAt, endedAt);
    this.#metrics?.sample(endedAt, first);
    return handle;
  }

  #timedFree(handle: Handle): void {
    const times = this.#deallocations;
    const first = times.count === 0;
    const startedAt = performance.now();
    try {
      this.#allocator.free(handle);
    } catch (error) {
      this.#untilDeallocation = times.failed(startedAt, this.#errorTypes.of(error));
      throw error;
    }
    const endedAt = performance.now();
    this.#untilDeallocation = times.ended(startedAt, endedAt);
    this.#metrics?.sample(endedAt, first);
  }

  #refused(bytes: number): Handle {
    const state = this.#state;
    const stats = state.read();
    const failure = diagnose(this.name, bytes, state.largestPossible, stats);
    state.failures[failure.reason]++;
    this.#lastFailure = failure;
    this.#metrics?.sample(performance.now(), stats.failures === 0);
    return NO_BLOCK;
  }

  #clear(handle: Handle): void {
    this.#allocator.view(handle).fill(0);
  }

  #release(record: BlockRecord): void {
    this.free(record.handle);
    this.#forget(record);
  }

  #forget(record: BlockRecord): void {
    record.live = false;
    this.#live.delete(record.id);
    if (this.#settings.leaks) stopWatching(record);
  }

  #leaked(record: BlockRecord): void {
    if (!record.live) return;
    this.#release(record);
    const { id, requested, allocatedAt, stack } = record;
    const { onLeak } = this.#settings;
    const leak = { pool: this.name, id, requested, ageMillis: performance.now() - allocatedAt, ...(stack === undefined ? {} : { stack }) };
    if (onLeak !== undefined) attempt('onLeak', () => onLeak(leak));
    else if (this.#state.leaks < WARNINGS_OF_LEAKS) warnOfLeak(leak);
    this.#state.leaks++;
  }

  #tellMove(record: BlockRecord, move: BlockMove): void {
    const { onMove } = this.#settings;
    attempt('MemoryBlock.onMove', () => record.listener?.deref()?.moved(move));
    if (onMove !== undefined) attempt('onMove', () => onMove(move));
  }

  /** Not `allocator.view`, which may give one object again and again: it would keep every block alive that it was of. */
  #viewOf({ handle, requested }: BlockRecord, type: ElementType): ViewOf<ElementType> {
    const allocator = this.#allocator;
    return viewAs(type, allocator.bufferOf(handle), allocator.offsetOf(handle), requested);
  }

  #freeId(): string {
    let id: string;
    do id = `block-${++this.#numbered}`;
    while (this.#live.has(id));
    return id;
  }
}

function sampling({ timing, collector }: PoolSettings): Sampling {
  if (collector === undefined) return oneIn(NEVER);
  return timing === undefined ? new PacedSampling() : oneIn(timing);
}

/** Callers' functions must not get in the way of what was going on. */
function attempt(what: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    diag.error(`otel-perf: ${what} of a memory pool threw ${String(error)}`);
  }
}

/** Also of one that does not count. */
function countLive(allocator: Allocator): number {
  let live = 0;
  for (const { state } of allocator.walk()) if (state === 'live') live++;
  return live;
}
