import type { Bucket } from '@otel-perf/metrics';
import type { Figures } from '../model/picture.ts';

/**
 * Percentiles of what buckets counted, as Prometheus' `histogram_quantile` has them (promql/quantile.go, `BucketQuantile`): linear within
 * a bucket, whose lower bound is 0 where it is the lowest and reaches above 0; the lower bound of a bucket without an upper one. None where
 * nothing was counted, or where no bucket has a bound.
 */
export function percentilesOfBuckets(buckets: readonly Bucket[]): Pick<Figures, 'p50' | 'p95' | 'p99'> {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const hasBounds = buckets.some(({ lower, upper }) => Number.isFinite(lower) || Number.isFinite(upper));
  if (!(total > 0) || !hasBounds) return {};
  return { p50: valueAt(buckets, 0.5 * total), p95: valueAt(buckets, 0.95 * total), p99: valueAt(buckets, 0.99 * total) };
}

function valueAt(buckets: readonly Bucket[], rank: number): number {
  let below = 0;
  let last = NaN;
  for (const { lower, upper, count } of buckets) {
    const start = lower === -Infinity ? Math.min(0, upper) : lower;
    if (count > 0) {
      last = upper === Infinity ? start : upper;
      if (below + count >= rank) return upper === Infinity ? start : start + (upper - start) * ((rank - below) / count);
    }
    below += count;
  }
  // Rounding of counts that are no whole numbers.
  return last;
}
