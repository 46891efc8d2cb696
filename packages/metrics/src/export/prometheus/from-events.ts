import { setImmediate } from 'node:timers/promises';
import { ValueType, type HrTime } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  type DataPoint,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { matches, type MetricSelector } from '../../filter/metrics-filter.ts';
import { INSTRUMENT_MAPPING } from '../../model/instrument-mapping.ts';
import type { MetricType } from '../../model/metric-type.ts';
import type { EventLog } from '../../record/event-log.ts';
import type { Series } from '../../record/series.ts';
import type { ExportOptions, ExportResult, ExportTarget } from '../target.ts';
import { exportToPrometheus } from './export.ts';
import type { PrometheusOptions } from './options.ts';

export interface EventsPrometheusOptions extends PrometheusOptions, ExportOptions {
  /** Which events are added up. Default all. */
  filter?: MetricSelector;
}

/**
 * Writes what the events of the history that pass add up to as Prometheus text 0.0.4, under the names that a reader gives the metrics.
 * What has left the history is not in it, so that a counter may be lower the next time: for a scraper, serve a reader.
 * @throws (rejects with) TypeError for a bad option or target; what writing to the target throws; what the filter throws.
 */
export async function exportEventsToPrometheus(
  events: EventLog,
  target: ExportTarget,
  options: EventsPrometheusOptions = {},
): Promise<ExportResult> {
  const { filter, ...rest } = options;
  const { resourceMetrics, written, overwritten } = await metricsFromEvents(events, filter);
  // The history knows nothing of the resource.
  await exportToPrometheus(resourceMetrics, target, { ...rest, withoutTargetInfo: true });
  return { written, overwritten };
}

interface EventMetrics extends ExportResult {
  readonly resourceMetrics: ResourceMetrics;
}

/** What the events of one series add up to. */
class Sum {
  readonly series: Series;
  readonly #boundaries: readonly number[];
  readonly counts: number[];
  count = 0;
  sum = 0;
  last = 0;
  firstAt: number;
  lastAt: number;

  constructor(series: Series, boundaries: readonly number[], at: number) {
    this.series = series;
    this.#boundaries = boundaries;
    this.counts = new Array<number>(boundaries.length + 1).fill(0);
    this.firstAt = this.lastAt = at;
  }

  add(value: number, at: number): void {
    this.count++;
    this.sum += value;
    this.last = value;
    this.lastAt = at;
    let i = 0;
    while (i < this.#boundaries.length && value > this.#boundaries[i]!) i++;
    this.counts[i]!++;
  }

  get value(): number | Histogram {
    const { kind } = INSTRUMENT_MAPPING[this.series.type];
    if (kind === 'gauge') return this.last;
    if (kind === 'counter') return this.sum;
    return { count: this.count, sum: this.sum, buckets: { boundaries: [...this.#boundaries], counts: this.counts } };
  }
}

/** Adds events up to the metrics that they were recorded as: times to histograms, counters to their sum, the rest to their last value. */
async function metricsFromEvents(events: EventLog, selector: MetricSelector | undefined): Promise<EventMetrics> {
  const { sums, written, overwritten } = await addUp(events, selector);
  const scopes = new Map<string, Map<string, { data: MetricData; points: DataPoint<number | Histogram>[] }>>();
  for (const sum of sums.values()) {
    const { source, name, type, tags } = sum.series;
    let metrics = scopes.get(source);
    if (metrics === undefined) scopes.set(source, (metrics = new Map()));
    const key = `${type}\0${name}`;
    let metric = metrics.get(key);
    if (metric === undefined) metrics.set(key, (metric = newMetric(events.instrumentName(sum.series), type)));
    const time = (at: number): HrTime => toHrTime(events.clock.timeOrigin + at);
    metric.points.push({ startTime: time(sum.firstAt), endTime: time(sum.lastAt), attributes: { ...tags }, value: sum.value });
  }
  const resourceMetrics = {
    resource: { attributes: {} } as ResourceMetrics['resource'],
    scopeMetrics: Array.from(scopes, ([name, metrics]) => ({ scope: { name }, metrics: Array.from(metrics.values(), ({ data }) => data) })),
  };
  return { resourceMetrics, written, overwritten };
}

async function addUp(events: EventLog, selector: MetricSelector | undefined): Promise<{ sums: Map<number, Sum> } & ExportResult> {
  const { history, clock, timeBoundaries } = events;
  const verdict = events.verdicts(selector);
  const sums = new Map<number, Sum>();
  let written = 0;
  let overwritten = 0;
  const end = history.end;
  for (let number = history.firstAt(clock.now()); number < end; ) {
    const slice = history.slice(number, end);
    for (let i = slice.start; i < slice.end; i++) {
      const id = slice.series[i]!;
      const judged = verdict(id);
      if (judged === 'none' || (judged === 'each' && !matches(selector, events.metric(slice, i)))) continue;
      let sum = sums.get(id);
      if (sum === undefined) {
        const series = events.series(id);
        const { kind } = INSTRUMENT_MAPPING[series.type];
        sums.set(id, (sum = new Sum(series, kind === 'histogram' ? timeBoundaries : [], slice.times[i]!)));
      }
      sum.add(slice.values[i]!, slice.times[i]!);
      written++;
    }
    number += slice.end - slice.start;
    await setImmediate();
    const lost = Math.min(end, history.firstAt(clock.now())) - number;
    if (lost > 0) {
      overwritten += lost;
      number += lost;
    }
  }
  return { sums, written, overwritten };
}

function newMetric(name: string, type: MetricType): { data: MetricData; points: DataPoint<number | Histogram>[] } {
  const { kind, unit } = INSTRUMENT_MAPPING[type];
  const points: DataPoint<number | Histogram>[] = [];
  const data = {
    descriptor: { name, unit, description: '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: kind === 'histogram' ? DataPointType.HISTOGRAM : kind === 'counter' ? DataPointType.SUM : DataPointType.GAUGE,
    ...(kind === 'counter' ? { isMonotonic: true } : {}),
    dataPoints: points,
  } as MetricData;
  return { data, points };
}

function toHrTime(unixMillis: number): HrTime {
  const seconds = Math.floor(unixMillis / 1e3);
  return [seconds, Math.round((unixMillis - seconds * 1e3) * 1e6)];
}
