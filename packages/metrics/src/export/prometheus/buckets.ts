import type { ExponentialHistogram, Histogram } from '@opentelemetry/sdk-metrics';

/** At most so many finite `le` bounds are written for one exponential histogram. */
export const MAX_EXPONENTIAL_BOUNDS = 160;

/**
 * The same histogram with explicit bounds: a bucket of index i counts values in (base^i, base^(i+1)], base = 2^(2^-scale)
 * (OpenTelemetry metrics data model, "ExponentialHistogram"). Bounds are the upper ends of all buckets, 0 for the zero bucket, and
 * the lower end of the lowest positive bucket, so that quantiles are not interpolated down to 0. A value that lies exactly on
 * a negative bucket's end is counted one bucket higher than its `le` says: negative buckets include their lower end.
 *
 * Where that makes more than {@link MAX_EXPONENTIAL_BOUNDS} bounds, the scale is lowered: pairs of neighbours merge, exactly.
 */
export function foldExponential({ scale, positive, negative, zeroCount, count, sum }: ExponentialHistogram): Histogram {
  let shift = 0;
  while (bucketsAfter(positive, shift) + bucketsAfter(negative, shift) + 2 > MAX_EXPONENTIAL_BOUNDS) shift += 1;
  const width = 2 ** (shift - scale);
  const boundaries: number[] = [];
  const counts: number[] = [];
  let beyond = 0;
  const add = (bound: number, bucketCount: number): void => {
    if (bound === Infinity) beyond += bucketCount;
    else if (boundaries.length > 0 && bound <= boundaries[boundaries.length - 1]!) counts[counts.length - 1]! += bucketCount;
    else {
      boundaries.push(bound);
      counts.push(bucketCount);
    }
  };
  for (let i = negative.bucketCounts.length - 1; i >= 0; i -= 1) {
    add(-(2 ** (merged(negative.offset + i, shift) * width)), negative.bucketCounts[i]!);
  }
  add(0, zeroCount);
  if (positive.bucketCounts.length > 0) add(2 ** (merged(positive.offset, shift) * width), 0);
  positive.bucketCounts.forEach((bucketCount, i) => {
    add(2 ** ((merged(positive.offset + i, shift) + 1) * width), bucketCount);
  });
  counts.push(beyond);
  return { buckets: { boundaries, counts }, count, ...(sum === undefined ? {} : { sum }) };
}

type ExponentialBuckets = ExponentialHistogram['positive'];

function bucketsAfter({ offset, bucketCounts }: ExponentialBuckets, shift: number): number {
  return bucketCounts.length === 0 ? 0 : merged(offset + bucketCounts.length - 1, shift) - merged(offset, shift) + 1;
}

function merged(index: number, shift: number): number {
  return Math.floor(index / 2 ** shift);
}

/**
 * Both histograms together. Bounds are those that both have, at which cumulative counts stay exact; the sum is lost where
 * either has none.
 */
export function addHistograms(a: Histogram, b: Histogram): Histogram {
  const other = new Set(b.buckets.boundaries);
  const boundaries = a.buckets.boundaries.filter((bound) => bound !== Infinity && other.has(bound));
  const counts = new Array<number>(boundaries.length + 1).fill(0);
  for (const { buckets } of [a, b]) {
    let target = 0;
    buckets.counts.forEach((count, i) => {
      const bound = buckets.boundaries[i] ?? Infinity;
      while (target < boundaries.length && boundaries[target]! < bound) target += 1;
      counts[target]! += count;
    });
  }
  const sum = a.sum == null || b.sum == null ? {} : { sum: a.sum + b.sum };
  return { buckets: { boundaries, counts }, count: a.count + b.count, ...sum };
}
