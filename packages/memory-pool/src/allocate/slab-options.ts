import { checkInteger, checkMultiple, checkPowerOfTwo } from '../model/options.ts';
import { buddyOptions } from './buddy-options.ts';
import { GRANULE } from './slab-classes.ts';

export interface SlabOptions {
  /** Bytes of the address space: a multiple of `pageSize`, at most 2^24 of them and 32 GiB. It need not be a power of two. */
  readonly size: number;
  /** What runs and larger blocks are made of: a power of two from 256 to 64 KiB. The tables take up to 25 bytes for each. Default 4096. */
  readonly pageSize?: number;
  /** Bytes of one buffer, a power of two up to 2 GiB. Default 1 GiB, or what holds `size` where that is less. */
  readonly arenaSize?: number;
  /** The largest request that gets a slot, a power of two from 16 to 2^24. Default 64 KiB, or a 64th of `size` where that is less. */
  readonly largestSlot?: number;
}

export const DEFAULT_PAGE = 4096;
const DEFAULT_LARGEST_SLOT = 65_536;
/** So that the runs of the largest class are small to the whole. */
const SHARE = 64;
/** So that a page's word has room for the number of a run and of its class. */
const MOST_PAGES = 2 ** 24;
/** So that handles have 31 bits. */
const MOST_BYTES = GRANULE * 2 ** 31;

/** Checked, with the defaults. @throws TypeError or RangeError that names the option and its bound. */
export function slabOptions({ size, pageSize = DEFAULT_PAGE, arenaSize, largestSlot }: SlabOptions): Required<SlabOptions> {
  checkPowerOfTwo('pageSize', pageSize, 256, 65_536);
  checkInteger('size', size, pageSize, Math.min(MOST_PAGES * pageSize, MOST_BYTES));
  checkMultiple('size', size, pageSize, 'pageSize');
  if (largestSlot !== undefined) checkPowerOfTwo('largestSlot', largestSlot, GRANULE, 2 ** 24);
  const usual = Math.min(DEFAULT_LARGEST_SLOT, 2 ** Math.floor(Math.log2(size / SHARE)));
  return {
    size,
    pageSize,
    arenaSize: buddyOptions({ size, minBlockSize: pageSize, ...(arenaSize === undefined ? {} : { arenaSize }) }).arenaSize,
    largestSlot: largestSlot ?? Math.max(GRANULE, usual),
  };
}
