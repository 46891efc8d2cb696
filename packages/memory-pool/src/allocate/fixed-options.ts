import { checkInteger, checkMultiple } from '../model/options.ts';

export interface FixedBlockOptions {
  /** Bytes of one block: a multiple of 8, at most 2^31 - 8. */
  readonly blockSize: number;
  /** Bytes of the address space: a multiple of `blockSize`, at most 2^30 of them. */
  readonly size: number;
  /** The most bytes of one buffer, at least `blockSize` and at most 2 GiB. No block spans two buffers. Default 1 GiB. */
  readonly arenaSize?: number;
}

const LARGEST_ARENA = 2 ** 31;
const DEFAULT_ARENA = 2 ** 30;
const MOST_BLOCKS = 2 ** 30;

/** Checked, with the defaults; `arenaSize` as whole blocks. @throws TypeError or RangeError that names the option and its bound. */
export function fixedBlockOptions({ blockSize, size, arenaSize }: FixedBlockOptions): Required<FixedBlockOptions> {
  checkInteger('blockSize', blockSize, 8, LARGEST_ARENA - 8);
  checkMultiple('blockSize', blockSize, 8, 'the alignment');
  checkInteger('size', size, blockSize, blockSize * MOST_BLOCKS);
  checkMultiple('size', size, blockSize, 'blockSize');
  if (arenaSize !== undefined) checkInteger('arenaSize', arenaSize, blockSize, LARGEST_ARENA);
  const most = Math.min(arenaSize ?? Math.max(DEFAULT_ARENA, blockSize), size);
  return { blockSize, size, arenaSize: most - (most % blockSize) };
}
