import { checkInteger, checkMultiple, checkPowerOfTwo } from '../model/options.ts';
import { MOST_THREADS } from './layout.ts';

export interface SharedAllocatorOptions {
  /** Bytes, a multiple of `minBlockSize`, at most 2^30 of them. It need not be a power of two. */
  readonly size: number;
  /** The smallest block, a power of two of at least 8. The tables take 16 bytes for each of them. Default 256. */
  readonly minBlockSize?: number;
  /** Threads that may be attached at once, the one that creates the allocator included; up to 256. Default 8. */
  readonly maxThreads?: number;
  /**
   * Blocks of each size that a thread may cache, as long as they are no more than 1 / (16 * `maxThreads`) of the memory. With 0 every
   * operation takes the lock. Default 64.
   */
  readonly magazineBlocks?: number;
  /** How long an operation waits for the lock, which nobody who is alive holds for long, before it throws `LockHeldError`. Default 5000. */
  readonly lockTimeoutMillis?: number;
}

const MOST_UNITS = 2 ** 30;

/** Checked, with the defaults. @throws TypeError or RangeError that names the option and its bound. */
export function sharedOptions(options: SharedAllocatorOptions): Required<SharedAllocatorOptions> {
  const { size, minBlockSize = 256, maxThreads = 8, magazineBlocks = 64, lockTimeoutMillis = 5000 } = options;
  checkPowerOfTwo('minBlockSize', minBlockSize, 8, 2 ** 30);
  checkInteger('size', size, minBlockSize, minBlockSize * MOST_UNITS);
  checkMultiple('size', size, minBlockSize, 'minBlockSize');
  checkInteger('maxThreads', maxThreads, 1, MOST_THREADS);
  checkInteger('magazineBlocks', magazineBlocks, 0, 4096);
  checkInteger('lockTimeoutMillis', lockTimeoutMillis, 1);
  return { size, minBlockSize, maxThreads, magazineBlocks, lockTimeoutMillis };
}

/** Magazines of fewer blocks than this hardly save a lock, and larger blocks are scarce. */
const FEWEST = 4;

/** Blocks that a magazine of each order takes. */
export function magazineCapacities(units: number, maxThreads: number, magazineBlocks: number, orders: number): Int32Array {
  return Int32Array.from({ length: orders }, (_, order) => {
    const share = Math.floor(units / (16 * maxThreads) / 2 ** order);
    return share < FEWEST ? 0 : Math.min(magazineBlocks, share);
  });
}
