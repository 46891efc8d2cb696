import type { Bucket, Distribution } from '@otel-perf/metrics';
import type { Figures } from '../model/picture.ts';

/** The least and the greatest value, where they are known. */
type Extremes = Pick<Distribution, 'min' | 'max'>;

/**
 * Percentiles of what buckets counted, as Prometheus' `histogram_quantile` has them (promql/quantile.go, `BucketQuantile`): linear within
 * a bucket, whose lower bound is 0 where it is the lowest and reaches above 0; the lower bound of a bucket without an upper one. Where the
 * extremes are known, buckets reach no further than these, so that no percentile lies beyond them. None where nothing was counted, or where
 * no bucket has a bound.
 */
export function percentilesOfBuckets(buckets: readonly Bucket[], extremes: Extremes = {}): Pick<Figures, 'p50' | 'p95' | 'p99'> {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const hasBounds = buckets.some(({ lower, upper }) => Number.isFinite(lower) || Number.isFinite(upper));
  if (!(total > 0) || !hasBounds) return {};
  const valueOf = (share: number): number => valueAt(buckets, extremes, share * total);
  return { p50: valueOf(0.5), p95: valueOf(0.95), p99: valueOf(0.99) };
}

function valueAt(buckets: readonly Bucket[], extremes: Extremes, rank: number): number {
  let below = 0;
  let last = NaN;
  for (const bucket of buckets) {
    const { count } = bucket;
    if (count > 0) {
      const [from, to] = reachOf(bucket, extremes);
      if (below + count >= rank) return from + (to - from) * ((rank - below) / count);
      last = to;
    }
    below += count;
  }
  // Rounding of counts that are no whole numbers.
  return last;
}

/** Extremes that the bucket cannot have are those of other values. */
function reachOf({ lower, upper }: Bucket, { min = -Infinity, max = Infinity }: Extremes): readonly [from: number, to: number] {
  const isLeast = min > lower && min <= upper;
  const isGreatest = max > lower && max <= upper && max !== Infinity;
  const from = isLeast ? min : lower === -Infinity ? Math.min(0, upper, max) : lower;
  const to = isGreatest ? max : upper === Infinity ? from : upper;
  return from <= to ? [from, to] : [to, to];
}
