import { type MetricSelector, type SeriesTraits } from './metrics-filter.ts';

/** What a selector says about all events of a series: none, all, or each must be asked. */
export type SeriesVerdict = 'none' | 'all' | 'each';

/** Asks `selector` once per series as much as it can be asked without an event. */
export function judgeSeries(selector: MetricSelector | undefined, traits: SeriesTraits): SeriesVerdict {
  if (selector === undefined) return 'all';
  if (typeof selector === 'function') return 'each';
  if (!selector.admitsSeries(traits)) return 'none';
  return selector.seriesOnly ? 'all' : 'each';
}
