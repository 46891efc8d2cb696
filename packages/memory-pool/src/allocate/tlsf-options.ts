import { checkInteger, checkMultiple, checkPowerOfTwo } from '../model/options.ts';

export interface TlsfOptions {
  /** Bytes of the address space: a multiple of `unitSize`, at most 2^30 of them. It need not be a power of two. */
  readonly size: number;
  /** What sizes are rounded up to, and blocks aligned to: a power of two of at least 8. The tables take 13 bytes for each. Default 256. */
  readonly unitSize?: number;
  /** Bytes of one buffer, a power of two up to 2 GiB: no block spans two buffers. Default 1 GiB, or what holds `size` where that is less. */
  readonly arenaSize?: number;
}

const LARGEST_ARENA = 2 ** 31;
const DEFAULT_ARENA = 2 ** 30;
const MOST_UNITS = 2 ** 30;

/** Checked, with the defaults. @throws TypeError or RangeError that names the option and its bound. */
export function tlsfOptions({ size, unitSize = 256, arenaSize }: TlsfOptions): Required<TlsfOptions> {
  checkPowerOfTwo('unitSize', unitSize, 8, 2 ** 30);
  checkInteger('size', size, unitSize, unitSize * MOST_UNITS);
  checkMultiple('size', size, unitSize, 'unitSize');
  if (arenaSize !== undefined) checkPowerOfTwo('arenaSize', arenaSize, unitSize, LARGEST_ARENA);
  return { size, unitSize, arenaSize: Math.min(arenaSize ?? DEFAULT_ARENA, 2 ** Math.ceil(Math.log2(size))) };
}
