import { INSTRUMENT_MAPPING } from '../model/instrument-mapping.ts';
import type { MetricType } from '../model/metric-type.ts';
import type { Metric } from '../model/metric.ts';
import type { MetricSelector, SeriesTraits } from '../filter/metrics-filter.ts';
import type { CentralizedMetricsCollector, LossCounts } from '../record/collector.ts';
import { DEFAULT_PERCENTILES, type WindowStats } from '../window/statistics.ts';

export interface ReportOptions {
  /** What the report is about. Statistics are left out where no event of a metric could pass; they are of whole windows. */
  filter?: MetricSelector;
  /** Default 50, 90, 95 and 99. */
  percentiles?: readonly number[];
}

/** One metric's line in the report. */
export interface ReportedMetric {
  readonly name: string;
  readonly type: MetricType;
  /** The sources that recorded it, in the order of their first record. */
  readonly sources: readonly string[];
  /** UCUM. */
  readonly unit: string;
  /** False where only the buckets of another library's histogram are known: percentiles are then right within a bucket. */
  readonly exact: boolean;
  readonly stats: WindowStats;
}

export interface MetricsReport {
  readonly summary: {
    /** Measurements that passed the filter and are in the history. */
    readonly totalMetrics: number;
    /** Absent when there are none. */
    readonly timeRange?: {
      /** ISO 8601. */
      readonly start: string;
      readonly end: string;
      readonly durationSeconds: number;
    };
    /** Metrics with values in their window. */
    readonly activeMetrics: number;
  };
  readonly statistics: readonly ReportedMetric[];
  /** The last ten measurements, oldest first. */
  readonly recentMetrics: readonly Metric[];
  /** What was dropped, left out, folded or evicted. */
  readonly losses: LossCounts;
  /** ISO 8601. */
  readonly exportTime: string;
}

const RECENT = 10;

/** The report of a collector; a reader adds the `foreign` instruments that could pass to it. */
export function createReport(
  collector: CentralizedMetricsCollector,
  options: ReportOptions = {},
  foreign: readonly ReportedMetric[] = [],
): MetricsReport {
  const statistics = [...ownMetrics(collector, options), ...foreign];
  let total = 0;
  let newest: number | undefined;
  let oldest: number | undefined;
  const recent: Metric[] = [];
  for (const metric of collector.events?.newestFirst(options.filter) ?? []) {
    if (total < RECENT) recent.push(metric);
    newest ??= metric.timestamp;
    oldest = metric.timestamp;
    total++;
  }
  return {
    summary: {
      totalMetrics: total,
      ...(oldest === undefined || newest === undefined ? {} : { timeRange: timeRange(oldest, newest) }),
      activeMetrics: statistics.filter(({ stats }) => stats.count > 0).length,
    },
    statistics,
    recentMetrics: recent.reverse(),
    losses: collector.getLosses(),
    exportTime: new Date(collector.clock.timeOrigin + collector.clock.now()).toISOString(),
  };
}

function ownMetrics(
  collector: CentralizedMetricsCollector,
  { filter, percentiles = DEFAULT_PERCENTILES }: ReportOptions,
): ReportedMetric[] {
  const windows = collector.getAllMetricStats(percentiles);
  const byName = new Map<string, { type: MetricType; sources: Set<string> }>();
  for (const series of collector.allSeries()) {
    if (!couldPass(filter, series)) continue;
    const { name, type, source } = series;
    const known = byName.get(name);
    if (known === undefined) byName.set(name, { type, sources: new Set([source]) });
    else known.sources.add(source);
  }
  return Array.from(byName).flatMap(([name, { type, sources }]) => {
    const stats = windows.get(name);
    if (stats === undefined || stats.seen === 0) return [];
    return [{ name, type, sources: [...sources], unit: INSTRUMENT_MAPPING[type].unit, exact: true, stats }];
  });
}

/** Asks what can be asked without an event: a predicate may look at anything, and lets every metric through. */
function couldPass(filter: MetricSelector | undefined, series: SeriesTraits): boolean {
  return filter === undefined || typeof filter === 'function' || filter.admitsSeries(series);
}

function timeRange(start: number, end: number): MetricsReport['summary']['timeRange'] {
  return {
    start: new Date(start * 1e3).toISOString(),
    end: new Date(end * 1e3).toISOString(),
    durationSeconds: Math.round((end - start) * 1e6) / 1e6,
  };
}
