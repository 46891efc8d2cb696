import type { Bucket, Distribution } from '@otel-perf/metrics';
import type { SeriesPicture } from '../model/picture.ts';
import { percentilesOfBuckets } from '../read/bucket-percentiles.ts';

/** What a series did in an interval. Absent is what cannot be known. */
export interface Flow {
  /**
   * What the percentiles are of: the interval between two readings; all since the source started, where there is one reading only; or
   * whatever time the source itself takes them of, where it tells percentiles and no buckets.
   */
  readonly of: 'interval' | 'start' | 'source';
  /** Samples of a distribution, or what a counter grew by, a second. */
  readonly rate?: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  /** Of a gauge or a counter, as read. */
  readonly value?: number;
}

/** The figures of `current`, `seconds` after `previous`; since the start where there is no `previous`. */
export function flowOf(current: SeriesPicture, previous: SeriesPicture | undefined, seconds: number): Flow {
  if (current.kind === 'gauge') return { of: 'interval', ...defined({ value: current.figures.last }) };
  if (current.kind === 'counter') {
    const value = totalOf(current);
    const grown = previous === undefined ? undefined : increase(value, totalOf(previous));
    return { of: previous === undefined ? 'start' : 'interval', ...defined({ value, rate: perSecond(grown, seconds) }) };
  }
  const { distribution, figures } = current;
  if (distribution === undefined) {
    const { p50, p95, p99 } = figures;
    const grown = previous === undefined ? undefined : increase(figures.count, previous.figures.count);
    return { of: 'source', ...defined({ rate: perSecond(grown, seconds), p50, p95, p99 }) };
  }
  const before = previous?.distribution;
  if (before === undefined) return { of: 'start', ...percentilesOfBuckets(distribution.buckets) };
  const { count, buckets } = histogramIncrease(distribution, before);
  return { of: 'interval', ...defined({ rate: perSecond(count, seconds) }), ...percentilesOfBuckets(buckets) };
}

/** Samples since `before`. */
export interface HistogramIncrease {
  readonly count: number;
  readonly buckets: readonly Bucket[];
}

/**
 * What `current` counted since `before`. After a reset that is all of `current`: where the count or that of any bucket has fallen, or a
 * bucket that held anything is gone, as Prometheus tells it of native histograms (`FloatHistogram.DetectReset`). A bucket by bucket
 * comparison, as PromQL's `rate` of classic ones does it, would mix both lives of the process.
 */
export function histogramIncrease(current: Distribution, before: Distribution): HistogramIncrease {
  const old = new Map(before.buckets.map((bucket) => [`${bucket.lower}:${bucket.upper}`, bucket.count]));
  const buckets = current.buckets.map(({ lower, upper, count }) => {
    const key = `${lower}:${upper}`;
    const grown = count - (old.get(key) ?? 0);
    old.delete(key);
    return { lower, upper, count: grown };
  });
  const isReset = current.count < before.count || buckets.some(({ count }) => count < 0) || old.values().some((count) => count > 0);
  return isReset ? current : { count: current.count - before.count, buckets };
}

/** Of a counter. One that has fallen was reset to 0, and grew by all that it has: as PromQL's `rate` and `increase`. */
export function increase(current: number | undefined, before: number | undefined): number | undefined {
  if (current === undefined || before === undefined) return undefined;
  return current < before ? current : current - before;
}

function totalOf({ figures }: SeriesPicture): number | undefined {
  return figures.total ?? figures.last;
}

function perSecond(grown: number | undefined, seconds: number): number | undefined {
  return grown === undefined || !(seconds > 0) ? undefined : grown / seconds;
}

/** Without what is undefined or not a number. */
function defined<Key extends string>(figures: Readonly<Record<Key, number | undefined>>): { readonly [K in Key]?: number } {
  const entries = Object.entries(figures) as [Key, number | undefined][];
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && !Number.isNaN(value))) as { [K in Key]?: number };
}
