import { foldsNeeded } from './exponential-mapping.ts';

/** Bucket `i` of `bucketCounts` is that of the index `offset + i`. The first and the last one are not empty. */
export interface ExponentialBuckets {
  readonly offset: number;
  readonly bucketCounts: number[];
}

/** As the SDK's `ExponentialHistogram`. `min` is above `max` where there are no values. The scale is 0 where there are only zeros. */
export interface ExponentialReading {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly scale: number;
  readonly zeroCount: number;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
}

export function emptyExponential(): ExponentialReading {
  const nothing = { offset: 0, bucketCounts: [] };
  return { count: 0, sum: 0, min: Infinity, max: -Infinity, scale: 0, zeroCount: 0, positive: nothing, negative: nothing };
}

/** Both together, at the finest scale that both have and at which no range is wider than `size` buckets. */
export function mergeExponential(a: ExponentialReading, b: ExponentialReading, size: number): ExponentialReading {
  if (!hasBuckets(a) || !hasBuckets(b)) {
    const { scale, positive, negative } = hasBuckets(a) ? a : b;
    return { ...totals(a, b, 1), min: Math.min(a.min, b.min), max: Math.max(a.max, b.max), scale, positive, negative };
  }
  const common = Math.min(a.scale, b.scale);
  const scale =
    common - Math.max(...RANGES.map((range) => foldsFor(folded(a[range], a.scale - common), folded(b[range], b.scale - common), size)));
  const [positive, negative] = RANGES.map((range) => combined(folded(a[range], a.scale - scale), folded(b[range], b.scale - scale), 1));
  return {
    ...totals(a, b, 1),
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    scale,
    positive: positive!,
    negative: negative!,
  };
}

/**
 * What `current` has that `previous`, an earlier reading of the same series, had not. At the scale of `current`, which is what its whole time
 * needed: a histogram of the same values alone may be finer. The least and the greatest value are not known: see `readInterval`.
 */
export function subtractExponential(current: ExponentialReading, previous: ExponentialReading): ExponentialReading {
  const folds = hasBuckets(previous) ? previous.scale - current.scale : 0;
  const [positive, negative] = RANGES.map((range) => combined(current[range], folded(previous[range], folds), -1));
  const isEmpty = positive!.bucketCounts.length + negative!.bucketCounts.length === 0;
  return {
    ...totals(current, previous, -1),
    min: Infinity,
    max: -Infinity,
    scale: isEmpty ? 0 : current.scale,
    positive: positive!,
    negative: negative!,
  };
}

const RANGES = ['positive', 'negative'] as const;

function hasBuckets({ positive, negative }: ExponentialReading): boolean {
  return positive.bucketCounts.length + negative.bucketCounts.length > 0;
}

function totals(a: ExponentialReading, b: ExponentialReading, sign: 1 | -1): Pick<ExponentialReading, 'count' | 'sum' | 'zeroCount'> {
  return { count: a.count + sign * b.count, sum: a.sum + sign * b.sum, zeroCount: a.zeroCount + sign * b.zeroCount };
}

function foldsFor(a: ExponentialBuckets, b: ExponentialBuckets, size: number): number {
  const { low, high } = span(a, b);
  return low > high ? 0 : foldsNeeded(low, high, size);
}

/** From the first to the last index of both. `low` is above `high` where there are no buckets. */
function span(a: ExponentialBuckets, b: ExponentialBuckets): { readonly low: number; readonly high: number } {
  const taken = [a, b].filter(({ bucketCounts }) => bucketCounts.length > 0);
  return {
    low: Math.min(...taken.map(({ offset }) => offset)),
    high: Math.max(...taken.map(({ offset, bucketCounts }) => offset + bucketCounts.length - 1)),
  };
}

/** The same at a scale that is so many steps coarser. */
function folded({ offset, bucketCounts }: ExponentialBuckets, folds: number): ExponentialBuckets {
  const from = offset >> folds;
  const counts: number[] = [];
  for (const [i, count] of bucketCounts.entries()) {
    const place = ((offset + i) >> folds) - from;
    counts[place] = (counts[place] ?? 0) + count;
  }
  return { offset: from, bucketCounts: counts };
}

function combined(a: ExponentialBuckets, b: ExponentialBuckets, sign: 1 | -1): ExponentialBuckets {
  const { low, high } = span(a, b);
  if (low > high) return { offset: 0, bucketCounts: [] };
  const counts = Array.from({ length: high - low + 1 }, () => 0);
  for (const [i, count] of a.bucketCounts.entries()) counts[a.offset - low + i]! += count;
  for (const [i, count] of b.bucketCounts.entries()) counts[b.offset - low + i]! += sign * count;
  return trimmed(low, counts);
}

/** Without the empty buckets at both ends. */
export function trimmed(offset: number, counts: readonly number[]): ExponentialBuckets {
  const first = counts.findIndex((count) => count !== 0);
  if (first < 0) return { offset: 0, bucketCounts: [] };
  return { offset: offset + first, bucketCounts: counts.slice(first, counts.findLastIndex((count) => count !== 0) + 1) };
}
