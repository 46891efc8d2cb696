import { constrainedMemory, availableMemory } from 'node:process';
import { totalmem } from 'node:os';
import { createSharedPool } from '@otel-perf/cpu-pipeline';
import type { MemoryPool } from '@otel-perf/memory-pool';
import type { AdvancedCPUOptimizationConfig } from './config.ts';

/** Memory for one batch, until it is disposed of; what was allocated of it must have been given back then. */
export interface Lease extends Disposable {
  readonly pool: MemoryPool;
}

/** Address space: memory is taken from the system as it is touched. */
const POOL_BYTES = 2 ** 29;
const LEAST_BYTES = 2 ** 16;
const POOL_NAME = 'intel_cpu_preprocessor';

/**
 * The memory that batches are prepared in: one pool that is kept, or a pool for each batch, where `enable_memory_pooling` is off or the kept
 * one might not have the room.
 */
export class ScratchMemory {
  readonly #config: AdvancedCPUOptimizationConfig;
  #pool: MemoryPool | undefined;
  #leases = 0;
  #leased_bytes = 0;
  #batches = 0;
  #closed = false;

  constructor(config: AdvancedCPUOptimizationConfig) {
    this.#config = config;
  }

  /** Room for tensors of so many bytes. */
  lease(tensors: readonly number[]): Lease {
    // Blocks are powers of two, and may lie badly.
    const bytes = tensors.reduce((sum, size) => sum + 2 * 2 ** Math.ceil(Math.log2(Math.max(size, LEAST_BYTES))), 0);
    if (!this.#config.enable_memory_pooling || this.#leased_bytes + bytes > POOL_BYTES) return lease_own(bytes);
    const pool = (this.#pool ??= createSharedPool({ name: POOL_NAME, size: POOL_BYTES }));
    this.#closed = false;
    this.#leases++;
    this.#leased_bytes += bytes;
    return { pool, [Symbol.dispose]: () => this.#returned(bytes) };
  }

  /** Gives kept memory back, as soon as no batch has it. It can be used again. */
  close(): void {
    this.#closed = true;
    if (this.#leases === 0) this.#let_go();
  }

  #returned(bytes: number): void {
    this.#leases--;
    this.#leased_bytes -= bytes;
    this.#batches++;
    if (this.#leases > 0) return;
    if (this.#closed) this.#let_go();
    else if (this.#batches >= this.#config.clear_cache_interval) {
      this.#batches = 0;
      if (used_share() > this.#config.memory_threshold) this.#let_go();
    }
  }

  #let_go(): void {
    this.#pool?.close();
    this.#pool = undefined;
  }
}

function lease_own(bytes: number): Lease {
  const pool = createSharedPool({ name: POOL_NAME, size: bytes });
  return { pool, [Symbol.dispose]: () => pool.close() };
}

/** Of the memory that this process may have: its cgroup's, or the machine's. */
function used_share(): number {
  return 1 - availableMemory() / Math.min(totalmem(), constrainedMemory() || Infinity);
}
