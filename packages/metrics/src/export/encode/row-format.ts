import type { SeriesTraits } from '../../filter/metrics-filter.ts';
import type { Metric } from '../../model/metric.ts';

/** The text around the two numbers of an event; all events of a series share it. */
export interface EventRow {
  readonly beforeValue: string;
  readonly beforeTimestamp: string;
  readonly end: string;
}

export type EventRowFormat = (series: SeriesTraits) => EventRow;

export type MetricRowFormat = (metric: Metric) => string;
