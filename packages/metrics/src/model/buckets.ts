import type { ExponentialHistogram, Histogram } from '@opentelemetry/sdk-metrics';
import type { Bucket } from './metric.ts';

/** The buckets of an explicit-bounds histogram; the outermost reach to infinity. */
export function explicitBuckets({ boundaries, counts }: Histogram['buckets']): Bucket[] {
  return counts.map((count, i) => ({ lower: i === 0 ? -Infinity : boundaries[i - 1]!, upper: boundaries[i] ?? Infinity, count }));
}

/**
 * The buckets of an exponential histogram that hold anything, in rising order. Bucket `index` of scale `s` covers (base^index, base^(index+1)]
 * with base = 2^(2^-s), as the OpenTelemetry data model defines it; negative values mirror it, and zero has a bucket of its own.
 */
export function exponentialBuckets(histogram: Pick<ExponentialHistogram, 'scale' | 'zeroCount' | 'positive' | 'negative'>): Bucket[] {
  const bound = (index: number) => 2 ** (index * 2 ** -histogram.scale);
  const side = ({ offset, bucketCounts }: ExponentialHistogram['positive']) =>
    bucketCounts.map((count, i) => ({ lower: bound(offset + i), upper: bound(offset + i + 1), count }));
  const negative = side(histogram.negative).map(({ lower, upper, count }) => ({ lower: -upper, upper: -lower, count }));
  return [...negative.reverse(), { lower: 0, upper: 0, count: histogram.zeroCount }, ...side(histogram.positive)].filter(
    ({ count }) => count > 0,
  );
}

/**
 * The value below which `percentile` percent of what the buckets counted lies, interpolated linearly within its bucket, as Prometheus'
 * `histogram_quantile` does: the true value lies in the same bucket. A bucket without a finite upper bound gives its lower one, one without
 * a finite lower bound its upper one (0 where that is above 0). `undefined` when nothing was counted.
 */
export function percentileOfBuckets(buckets: readonly Bucket[], percentile: number): number | undefined {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = (percentile / 100) * total;
  let below = 0;
  for (const { lower, upper, count } of buckets) {
    if (count > 0 && below + count >= rank) {
      const from = lower === -Infinity ? Math.min(0, upper) : lower;
      return upper === Infinity ? from : from + (upper - from) * ((rank - below) / count);
    }
    below += count;
  }
  return undefined;
}
