import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { MetricSelector, SeriesTraits } from '../filter/metrics-filter.ts';
import type { ReportedMetric } from '../report/report.ts';
import { flatten, type OriginOf } from './flatten.ts';
import type { InstrumentStats } from './foreign-windows.ts';

/** The report's lines for other libraries' instruments: those of which a data point in the collection could pass. */
export function reportForeign(
  stats: readonly InstrumentStats[],
  selector: MetricSelector | undefined,
  resourceMetrics: ResourceMetrics,
  originOf: OriginOf,
): ReportedMetric[] {
  return reportAllForeign(stats.filter(admission(selector, resourceMetrics, originOf)));
}

export function reportAllForeign(stats: readonly InstrumentStats[]): ReportedMetric[] {
  return stats.map(({ name, type, source, unit, stats: window }) => ({
    name,
    type,
    sources: [source],
    unit: unit ?? '',
    exact: window.max !== undefined,
    stats: window,
  }));
}

type Instrument = Omit<SeriesTraits, 'tags'>;

function admission(
  selector: MetricSelector | undefined,
  resourceMetrics: ResourceMetrics,
  originOf: OriginOf,
): (instrument: Instrument) => boolean {
  // A predicate may look at anything, and lets every metric through.
  if (selector === undefined || typeof selector === 'function') return () => true;
  const admitted = new Map<string, boolean>();
  for (const metric of flatten(resourceMetrics, originOf)) {
    const key = keyOf(metric);
    if (admitted.get(key) !== true) admitted.set(key, selector.admitsSeries(metric));
  }
  // An instrument that is no longer observed has a window still, and no tags.
  return ({ name, type, source }) => admitted.get(keyOf({ name, type, source })) ?? selector.admitsSeries({ name, type, source, tags: {} });
}

function keyOf({ name, type, source }: Instrument): string {
  return `${type}\0${source}\0${name}`;
}
