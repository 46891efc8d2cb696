import { checkBoolean, checkInteger, checkMultiple, checkPowerOfTwo } from '../model/options.ts';

export interface BuddyOptions {
  /** Bytes of the address space: a multiple of `minBlockSize`, at most 2^30 of them. It need not be a power of two. */
  readonly size: number;
  /** The smallest block, a power of two of at least 8. The tables take up to 17 bytes for each of them, as they are used. Default 256. */
  readonly minBlockSize?: number;
  /**
   * Bytes of one buffer, a power of two up to 2 GiB, and of the largest block: no block spans two buffers. Default 1 GiB, or what
   * holds `size` where that is less.
   */
  readonly arenaSize?: number;
  /** Fills the requested bytes of a block with zeros unless they are fresh. Default false. */
  readonly zero?: boolean;
  /** Whether each operation is counted. Without it `blocks`, `reserved`, `requested` and `magazineHits` of the statistics stay 0. Default true. */
  readonly metrics?: boolean;
}

const LARGEST_ARENA = 2 ** 31;
const DEFAULT_ARENA = 2 ** 30;
const MOST_UNITS = 2 ** 30;

/** Checked, with the defaults. @throws TypeError or RangeError that names the option and its bound. */
export function buddyOptions({ size, minBlockSize = 256, arenaSize, zero = false, metrics = true }: BuddyOptions): Required<BuddyOptions> {
  checkPowerOfTwo('minBlockSize', minBlockSize, 8, 2 ** 30);
  checkInteger('size', size, minBlockSize, minBlockSize * MOST_UNITS);
  checkMultiple('size', size, minBlockSize, 'minBlockSize');
  if (arenaSize !== undefined) checkPowerOfTwo('arenaSize', arenaSize, minBlockSize, LARGEST_ARENA);
  // A larger one would only make the tables longer.
  const enough = 2 ** Math.ceil(Math.log2(size));
  return {
    size,
    minBlockSize,
    arenaSize: Math.min(arenaSize ?? DEFAULT_ARENA, enough),
    zero: checkBoolean('zero', zero),
    metrics: checkBoolean('metrics', metrics),
  };
}
