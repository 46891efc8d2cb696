import { MemoryPool, SharedAllocator, TensorType } from '@otel-perf/memory-pool';
import type { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { checkInteger } from '../model/options.ts';

export interface SharedPoolOptions {
  /** Bytes, a multiple of 256, which are taken from the system as they are touched. Default 256 MiB. */
  readonly size?: number;
  /** The tag `pool.name`. Default `pipeline`. */
  readonly name?: string;
  /** The tag `pool.type`. Default `activations`. */
  readonly type?: TensorType | (string & {});
  /** Default the collector of the process. */
  readonly collector?: CentralizedMetricsCollector;
}

const DEFAULT_BYTES = 256 * 2 ** 20;
const BLOCK_BYTES = 256;

/**
 * A memory pool whose blocks other threads see without a copy: for a `Preprocessor`, for models and for a pipeline. Close it last.
 * @throws TypeError or RangeError that names the option and its bound.
 */
export function createSharedPool(options: SharedPoolOptions = {}): MemoryPool {
  const { size = DEFAULT_BYTES, name = 'pipeline', type = TensorType.ACTIVATIONS, collector } = options;
  checkInteger('size', size, BLOCK_BYTES);
  if (size % BLOCK_BYTES !== 0) throw new RangeError(`size must be a multiple of ${BLOCK_BYTES}, not ${size}`);
  // Only the calling thread allocates.
  const fit = SharedAllocator.create({ size, minBlockSize: BLOCK_BYTES, maxThreads: 1 });
  return new MemoryPool({ type, name, fit, ...(collector === undefined ? {} : { collector }) });
}
