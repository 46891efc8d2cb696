import type { SeriesPicture } from '../../model/picture.ts';
import { figureOf } from '../statistics.ts';
import { samplesOf, type Samples } from './interval.ts';

/**
 * `mixed`: one percentile rose, the other fell. `unclear`: no more than chance does, or than buckets can show. `not judged`: there are no
 * samples to judge by.
 */
export type Result = 'higher' | 'lower' | 'mixed' | 'unclear' | 'too few samples' | 'not judged';

const JUDGED = [
  ['p50', 0.5],
  ['p95', 0.95],
] as const;

/** Two runs of the very same code differ by more than sampling explains; less than this is no change to tell of. */
const LEAST_CHANGE = 0.01;

/**
 * Whether median or 95th percentile have moved. One has where its 99 % confidence intervals before and after have nothing in common, which
 * chance does far less often than once in a hundred comparisons, and where it moved by 1 % at least. It takes no assumption on how samples
 * are distributed, and as many samples as the interval needs: 8 for the median, 104 for the 95th percentile. Of histograms the intervals
 * reach to the bounds of their buckets, so that a change within a bucket is never told. Samples that depend on each other tell less
 * than their number says.
 */
export function judge(before: SeriesPicture, after: SeriesPicture): Result {
  const [earlier, later] = [samplesOf(before), samplesOf(after)];
  if (earlier === undefined || later === undefined || earlier.count === 0 || later.count === 0) return 'not judged';
  const moves = JUDGED.map(([statistic, share]) => {
    const moved = move(earlier, later, share);
    const change = changeOf(figureOf(before, statistic), figureOf(after, statistic));
    return moved !== undefined && change !== undefined && Math.abs(change) < LEAST_CHANGE ? 'unclear' : moved;
  });
  if (moves.every((each) => each === undefined)) return 'too few samples';
  const [rose, fell] = [moves.includes('higher'), moves.includes('lower')];
  if (rose && fell) return 'mixed';
  if (rose) return 'higher';
  return fell ? 'lower' : 'unclear';
}

/** As a part of `before`: 0.5 is half as much again. `undefined` where there is nothing to compare with. */
export function changeOf(before: number | undefined, after: number | undefined): number | undefined {
  if (before === undefined || after === undefined) return undefined;
  if (before === after) return 0;
  const change = (after - before) / Math.abs(before);
  return Number.isFinite(change) ? change : undefined;
}

function move(before: Samples, after: Samples, share: number): 'higher' | 'lower' | 'unclear' | undefined {
  const [earlier, later] = [before.interval(share), after.interval(share)];
  if (earlier === undefined || later === undefined) return undefined;
  if (later.low > earlier.high) return 'higher';
  return later.high < earlier.low ? 'lower' : 'unclear';
}
