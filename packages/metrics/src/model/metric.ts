import type { MetricType } from './metric-type.ts';

export type TagValue = string | number | boolean;

/** Dimensions of a metric; they become OpenTelemetry attributes. */
export type Tags = Readonly<Record<string, TagValue>>;

/** One value of one metric: an event of the collector's history, or a data point that a reader collected. */
export interface Metric {
  /** The name as the caller gave it, even where OpenTelemetry needed another. */
  readonly name: string;
  /** In `unit`. For a data point with a distribution its mean (`NaN` when that is empty). */
  readonly value: number;
  readonly type: MetricType;
  /** Unix time in seconds, with microseconds behind the point. */
  readonly timestamp: number;
  /** Who recorded it; the instrumentation scope's name for a data point. */
  readonly source: string;
  readonly tags: Tags;
  /** UCUM unit, on data points of a reader. History events are in the unit of their type. */
  readonly unit?: string;
  /** On data points of histograms. */
  readonly distribution?: Distribution;
}

/** What a histogram knows, in the unit of its metric. */
export interface Distribution {
  readonly count: number;
  /** Absent where the instrument takes negative values. */
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly buckets: readonly Bucket[];
}

/** `count` values in (`lower`, `upper`]; the outermost bounds are infinite where the histogram has none. */
export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}
