import { isSharedArrayBuffer } from 'node:util/types';
import {
  diagnose,
  MemoryPool,
  NO_BLOCK,
  OutOfMemoryError,
  SharedAllocator,
  TensorType,
  type AllocationFailure,
  type Allocator,
  type Handle,
} from '@otel-perf/memory-pool';
import type { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { checkInteger } from '../model/options.ts';
import type { Room } from './protocol.ts';

/** A `SharedAllocator`, or a `MemoryPool` over one, which has metrics besides. The thread that loads a model must be attached to it. */
export type SharedMemory = Pick<Allocator, 'malloc' | 'free' | 'view' | 'stats'> & {
  readonly lastFailure?: AllocationFailure | undefined;
};

export interface TensorMemoryOptions {
  /** Where inputs and outputs lie. It may be that of other models too; who made it closes it. Default memory of the model's own. */
  readonly memory?: SharedMemory;
  /** Bytes of the model's own memory, a multiple of 256, which are taken from the system as they are touched. Default 64 MiB. */
  readonly memorySize?: number;
  /** Where the metrics of the model's own memory go. Default the collector of the process. */
  readonly collector?: CentralizedMetricsCollector;
}

const DEFAULT_BYTES = 64 * 2 ** 20;
const BLOCK_BYTES = 256;

export interface Block extends Room {
  readonly handle: Handle;
}

/**
 * The shared memory of a model. The thread that calls the model allocates and frees all of it, outputs too: so a worker thread that dies
 * has nothing to leave behind.
 */
export class TensorMemory {
  readonly #name: string;
  readonly #memory: SharedMemory;
  readonly #closeOwn: (() => void) | undefined;
  #gone = false;

  /** @throws TypeError or RangeError that names the option and its bound. */
  constructor(name: string, { memory, memorySize, collector }: TensorMemoryOptions) {
    this.#name = name;
    if (memory !== undefined) {
      if (memorySize !== undefined) throw new TypeError('memorySize is that of a memory of the model itself: leave it or memory out');
      checkShared(memory);
      this.#memory = memory;
      return;
    }
    const size = checkSize(memorySize ?? DEFAULT_BYTES);
    const allocator = SharedAllocator.create({ size, minBlockSize: BLOCK_BYTES, maxThreads: 1 });
    const pool = new MemoryPool({ type: TensorType.ACTIVATIONS, name, fit: allocator, ...(collector === undefined ? {} : { collector }) });
    this.#memory = pool;
    this.#closeOwn = () => {
      pool.close();
      allocator.detach();
    };
  }

  /** @throws OutOfMemoryError where there is no room. */
  allocate(bytes: number): Block {
    const handle = this.#memory.malloc(bytes);
    if (handle === NO_BLOCK) throw new OutOfMemoryError(this.#failure(bytes));
    const { buffer, byteOffset: offset } = this.#memory.view(handle);
    return { handle, buffer: buffer as SharedArrayBuffer, offset, bytes };
  }

  free({ handle }: Block): void {
    if (!this.#gone) this.#memory.free(handle);
  }

  /** Lets go of a memory of its own, and with it of its blocks, which views keep alive. */
  close(): void {
    if (this.#closeOwn === undefined || this.#gone) return;
    this.#gone = true;
    this.#closeOwn();
  }

  #failure(bytes: number): AllocationFailure {
    const { lastFailure } = this.#memory;
    if (lastFailure !== undefined) return lastFailure;
    const stats = this.#memory.stats();
    return diagnose(this.#name, bytes, stats.size, stats);
  }
}

function checkSize(bytes: number): number {
  checkInteger('memorySize', bytes, BLOCK_BYTES);
  if (bytes % BLOCK_BYTES !== 0) throw new RangeError(`memorySize must be a multiple of ${BLOCK_BYTES}, not ${bytes}`);
  return bytes;
}

function checkShared(memory: SharedMemory): void {
  const expected = 'memory must be a SharedAllocator, or a MemoryPool over one';
  const { malloc, free, view } = (memory ?? {}) as Partial<SharedMemory>;
  if ([malloc, free, view].some((method) => typeof method !== 'function')) throw new TypeError(`${expected}, not ${String(memory)}`);
  const handle = memory.malloc(1);
  if (handle === NO_BLOCK) return;
  const { buffer } = memory.view(handle);
  memory.free(handle);
  if (!isSharedArrayBuffer(buffer)) throw new TypeError(`${expected}: this one's memory is not shared`);
}
