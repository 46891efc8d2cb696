import type { Bucket, Distribution, Tags, TagValue } from '@otel-perf/metrics';

/** An element of our JSON, or a line of our CSV: an event, or a reader's data point. */
export interface Row {
  readonly name: string;
  /** `NaN` where the export has none. */
  readonly value: number;
  readonly type: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly source: string;
  readonly tags: Tags;
  /** Of data points alone. */
  readonly point?: { readonly unit: string; readonly distribution?: Distribution };
}

/** The row that `value` is, or why it is none. */
export function rowOfJson(value: unknown): Row | string {
  if (!isObject(value)) return 'not an object';
  const { name, value: number, metric_type: type, timestamp, source, tags = {}, unit, distribution } = value;
  if (typeof name !== 'string') return 'no name';
  if (typeof number !== 'number' && number !== null) return 'no value';
  if (typeof type !== 'string') return 'no metric_type';
  if (typeof timestamp !== 'number') return 'no timestamp';
  if (typeof source !== 'string') return 'no source';
  if (!isObject(tags)) return 'tags are no object';
  const row = { name, value: number ?? NaN, type, timestamp, source, tags: tagsOf(tags) };
  if (unit === undefined && distribution === undefined) return row;
  if (unit !== undefined && typeof unit !== 'string') return 'unit is no text';
  if (distribution === undefined) return { ...row, point: { unit: unit ?? '' } };
  const read = distributionOf(distribution);
  return typeof read === 'string' ? read : { ...row, point: { unit: unit ?? '', distribution: read } };
}

/** What is no text, number or truth becomes its JSON. */
export function tagsOf(tags: Readonly<Record<string, unknown>>): Tags {
  const entries = Object.entries(tags);
  if (entries.every(([, value]) => isTagValue(value))) return tags as Tags;
  return Object.fromEntries(entries.map(([key, value]) => [key, isTagValue(value) ? value : JSON.stringify(value)]));
}

function isTagValue(value: unknown): value is TagValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function distributionOf(value: unknown): Distribution | string {
  if (!isObject(value)) return 'distribution is no object';
  const { count, sum, min, max, buckets } = value;
  if (typeof count !== 'number' || !(count >= 0)) return 'distribution without count';
  if (!Array.isArray(buckets)) return 'distribution without buckets';
  const read = buckets.map(bucketOf);
  if (read.includes(undefined)) return 'a bucket without lower, upper and count';
  return {
    count,
    ...(typeof sum === 'number' ? { sum } : {}),
    ...(typeof min === 'number' ? { min } : {}),
    ...(typeof max === 'number' ? { max } : {}),
    buckets: read as Bucket[],
  };
}

function bucketOf(value: unknown): Bucket | undefined {
  if (!isObject(value)) return undefined;
  const [lower, upper, count] = [boundOf(value['lower']), boundOf(value['upper']), value['count']];
  return lower === undefined || upper === undefined || typeof count !== 'number' || !(count >= 0) ? undefined : { lower, upper, count };
}

function boundOf(value: unknown): number | undefined {
  if (value === '+Inf') return Infinity;
  if (value === '-Inf') return -Infinity;
  return typeof value === 'number' ? value : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
