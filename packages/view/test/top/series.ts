import type { Bucket, Tags } from '@otel-perf/metrics';
import type { Picture, SeriesPicture } from '../../src/model/picture.ts';
import { percentilesOfBuckets } from '../../src/read/bucket-percentiles.ts';

interface Traits {
  readonly source?: string;
  readonly tags?: Tags;
  readonly unit?: string;
}

/** A histogram with the upper bounds, +Inf aside, and the counts of its buckets. */
export function histogram(name: string, bounds: readonly number[], counts: readonly number[], traits: Traits = {}): SeriesPicture {
  const buckets = counts.map((count, i): Bucket => ({ lower: bounds[i - 1] ?? -Infinity, upper: bounds[i] ?? Infinity, count }));
  const count = counts.reduce((sum, each) => sum + each, 0);
  const figures = { count, ...percentilesOfBuckets(buckets), exactPercentiles: false };
  return { ...seriesOf(name, traits), type: 'histogram', kind: 'distribution', figures, distribution: { count, buckets } };
}

export function counter(name: string, total: number, traits: Traits = {}): SeriesPicture {
  return { ...seriesOf(name, traits), type: 'counter', kind: 'counter', figures: { total, exactPercentiles: false } };
}

export function gauge(name: string, last: number, traits: Traits = {}): SeriesPicture {
  return { ...seriesOf(name, traits), type: 'gauge', kind: 'gauge', figures: { last, exactPercentiles: false } };
}

function seriesOf(name: string, { source = '', tags = {}, unit = '' }: Traits) {
  return { name, source, tags, unit };
}

export function picture(series: readonly SeriesPicture[], problems: readonly string[] = []): Picture {
  return { from: 'http://127.0.0.1:9464/metrics', takenAt: Date.UTC(2026, 0, 1, 12) / 1e3, series, problems };
}
