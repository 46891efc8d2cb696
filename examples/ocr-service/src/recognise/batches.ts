import type { RawImage } from '../model/image.ts';

/** Within a batch, how much wider the widest strip may be than the narrowest. More is padding, which takes time. */
const MOST_RATIO = 1.25;
/** Pixels of a batch's strips together: the recogniser gives 3 kB for each, so that this bounds the memory of a call. */
export const MOST_BATCH_WIDTH = 6400;

/**
 * Groups strips of about the same width, at most `size` of them, and no more than `MOST_BATCH_WIDTH` in all.
 *
 * @returns Indices of `strips`, each of them once, narrow strips first.
 */
export function batchesOf(strips: readonly Pick<RawImage, 'width'>[], size: number): number[][] {
  const batches: number[][] = [];
  let narrowest = 0;
  for (const [index, { width }] of [...strips.entries()].sort(([, a], [, b]) => a.width - b.width)) {
    const batch = batches.at(-1);
    if (batch !== undefined && batch.length < size && width <= narrowest * MOST_RATIO && (batch.length + 1) * width <= MOST_BATCH_WIDTH) {
      batch.push(index);
    } else {
      batches.push([index]);
      narrowest = width;
    }
  }
  return batches;
}
