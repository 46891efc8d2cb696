import type { Meter, MeterProvider } from '@opentelemetry/api';
import { exportEventsToCsv, type EventsCsvOptions } from '../export/csv.ts';
import { exportEventsToJson, type EventsJsonOptions } from '../export/json.ts';
import { exportEventsToPrometheus, type EventsPrometheusOptions } from '../export/prometheus/from-events.ts';
import type { ExportResult, ExportTarget } from '../export/target.ts';
import type { MetricSelector } from '../filter/metrics-filter.ts';
import { systemClock, type Clock } from '../model/clock.ts';
import { MetricType, parseMetricType } from '../model/metric-type.ts';
import type { Metric } from '../model/metric.ts';
import { createReport, type MetricsReport, type ReportOptions } from '../report/report.ts';
import { History } from '../window/history.ts';
import { MetricsAggregator } from '../window/metrics-aggregator.ts';
import type { WindowStats } from '../window/statistics.ts';
import { resolveLimits, resolveRetention, type CollectorOptions, type Retention, type RetentionOptions } from './collector-options.ts';
import { EventLog } from './event-log.ts';
import { checkFrequency, type Frequency } from './frequency.ts';
import { Instruments, type Origin } from './instruments.ts';
import { Losses, type DropReason, type SkipReason } from './losses.ts';
import type { Recorder } from './recorder.ts';
import { Observations, type ObservedSeries, type ReadValue } from './observed-series.ts';
import { observeLosses } from './self-metrics.ts';
import { SeriesTable } from './series-table.ts';
import type { Series } from './series.ts';
import type { TagsInput } from './tags.ts';

const UNKNOWN_SOURCE = 'unknown';
const MOST_UNMEASURED = 100;

export interface SeriesDescription extends Frequency {
  name: string;
  /** Default `CUSTOM`. A word is taken in any case; an unknown one counts as `CUSTOM`, with a warning. */
  type?: MetricType | (string & {});
  /** Default `unknown`. */
  source?: string;
  /** Copied; values other than strings, finite numbers and booleans are left out. */
  tags?: TagsInput;
}

/** A series that is read, not written: how often is up to the readers. */
export type ObservedDescription = Omit<SeriesDescription, keyof Frequency>;

/** What did not get into the metrics, or not where it was meant to. */
export interface LossCounts {
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  readonly overflowed: number;
  /** Events that left the history since the start, for its size, its age or by `clearMetrics`. */
  readonly evicted: number;
}

/**
 * Records metrics: into a rolling window per name, into a bounded history, and into OpenTelemetry instruments of the meter provider. One
 * per process is the rule, see `getMetricsCollector`; further ones are for tests and for processes with several meter providers.
 *
 * Recording never throws: a measurement that cannot be taken is dropped, warned of once through OpenTelemetry's `diag`, and counted.
 */
export class CentralizedMetricsCollector {
  readonly #recorder: Recorder;
  readonly #table: SeriesTable;
  readonly #observations: Observations;
  readonly #timeBoundaries: readonly number[];
  readonly #unmeasured = new Set<string>();
  #retention: Retention;
  #windows: MetricsAggregator | undefined;
  /** Events of histories that were switched off. */
  #switchedOff = 0;

  /** @throws RangeError for an option out of its bounds, naming both. */
  constructor(options: CollectorOptions = {}) {
    const { maxNames, maxSeriesPerName, maxSeries, timeBoundaries, frequencies } = resolveLimits(options);
    const losses = new Losses();
    const instruments = new Instruments(options.meterProvider, timeBoundaries, (meter) => observeLosses(meter, losses));
    this.#recorder = {
      enabled: options.enabled ?? true,
      clock: options.clock ?? systemClock,
      history: undefined,
      timed: false,
      provider: () => instruments.provider(),
      instruments,
      losses,
    };
    this.#table = new SeriesTable({ maxNames, maxSeriesPerName, maxSeries }, frequencies, this.#recorder);
    this.#observations = new Observations(this.#recorder);
    this.#timeBoundaries = timeBoundaries;
    this.#retention = resolveRetention(options);
    this.#retain(this.#retention);
  }

  get enabled(): boolean {
    return this.#recorder.enabled;
  }

  enable(): void {
    this.#recorder.enabled = true;
  }

  /** From now on nothing is recorded, and a record costs one branch. What was recorded stays. */
  disable(): void {
    this.#recorder.enabled = false;
  }

  /**
   * Changes what is kept; the newest values and events that fit stay.
   * @throws RangeError for an option out of its bounds, and then changes nothing.
   */
  configure(retention: RetentionOptions): void {
    this.#retain(resolveRetention(retention, this.#retention));
  }

  /**
   * The handle that records one metric with fixed source and tags, for hot paths. The same description gives the same handle; its
   * frequency is that of the first. Beyond `maxSeriesPerName` or `maxSeries` it is the metric's overflow series, beyond `maxNames` one
   * that drops all.
   * @throws RangeError for a frequency out of its bounds.
   */
  series(description: SeriesDescription): Series {
    checkFrequency(description);
    const type = this.#typeOf(description.type ?? MetricType.CUSTOM);
    const { sampleRatio, minIntervalMillis } = description;
    const frequency = sampleRatio === undefined && minIntervalMillis === undefined ? undefined : { sampleRatio, minIntervalMillis };
    return this.#table.get(
      String(description.name),
      type,
      asText(description.source ?? UNKNOWN_SOURCE),
      description.tags,
      this.#windows,
      frequency,
    );
  }

  /**
   * A metric that is read when somebody collects, through an observable counter or gauge: exact, and free of cost while nobody looks. What a
   * `PerformanceMetricReader` with this collector collects is put into window and history besides, and so is what a report or an export of
   * this collector finds changed. Limits are those of `series`. Several may observe the same: counters are added up, of other types the
   * newest is heard.
   *
   * `read` is held until `stop()`. A counter that falls has begun anew, and is counted on.
   */
  observe(description: ObservedDescription, read: ReadValue): ObservedSeries {
    const { name, type = MetricType.CUSTOM, source = UNKNOWN_SOURCE, tags } = description;
    const series = this.#table.get(String(name), this.#typeOf(type), asText(source), tags, this.#windows, undefined, true);
    return this.#observations.observe(series, read);
  }

  /** Records one value of a metric that need not be known before. A word as type is taken in any case; an unknown one counts as `CUSTOM`. */
  recordMetric(name: string, value: number, type: MetricType | (string & {}), source: string = UNKNOWN_SOURCE, tags?: TagsInput): void {
    if (!this.#recorder.enabled) return;
    const metric = asText(name);
    let series: Series;
    try {
      series = this.#table.get(metric, this.#typeOf(type), asText(source), tags, this.#windows);
    } catch {
      this.#recorder.losses.drop('unreadable', metric, 'its tags cannot be read');
      return;
    }
    series.record(value);
  }

  /** Records `<operation>_time` with the tag `operation`. */
  recordTiming(operation: string, seconds: number, source?: string): void {
    if (!this.#recorder.enabled) return;
    this.recordMetric(`${asText(operation)}_time`, seconds, MetricType.TIME, source, { operation });
  }

  recordCounter(name: string, value = 1, source?: string, tags?: TagsInput): void {
    this.recordMetric(name, value, MetricType.COUNTER, source, tags);
  }

  recordMemory(name: string, bytes: number, source?: string, tags?: TagsInput): void {
    this.recordMetric(name, bytes, MetricType.MEMORY, source, tags);
  }

  /** With `items`, also counts them in `<name>_items`, so that `rate()` works where the metrics end up. */
  recordThroughput(name: string, itemsPerSecond: number, source?: string, tags?: TagsInput, items?: number): void {
    this.recordMetric(name, itemsPerSecond, MetricType.THROUGHPUT, source, tags);
    if (items !== undefined) this.recordMetric(`${asText(name)}_items`, items, MetricType.COUNTER, source, tags);
  }

  /** The newest `limit` events that pass, oldest first; empty while the history is switched off. */
  getMetrics(selector?: MetricSelector, limit = Infinity): Metric[] {
    return this.#newest(selector, limit).reverse();
  }

  /** The newest `count` events, of one type where it is given, oldest first. */
  getLatestMetrics(count = 10, type?: MetricType): Metric[] {
    return this.getMetrics(type === undefined ? undefined : (metric) => metric.type === type, count);
  }

  /** The newest `count` events of one metric, newest first. */
  getMetricHistory(name: string, count = 100): Metric[] {
    return this.#newest((metric) => metric.name === name, count);
  }

  /**
   * Exact statistics of the metric's rolling window, over all its sources and tags; `undefined` for a name that was never recorded.
   * @throws RangeError for a percentile outside [0, 100].
   */
  getMetricStats(name: string, percentiles?: readonly number[]): WindowStats | undefined {
    return this.#windows?.getStats(name, percentiles);
  }

  /** Statistics of every metric. */
  getAllMetricStats(percentiles?: readonly number[]): Map<string, WindowStats> {
    return this.#windows?.getAllStats(percentiles) ?? new Map();
  }

  /** The events of the history, see `exportEventsToJson`. Rejects also while the history is switched off. */
  async exportToJson(target: ExportTarget, options?: EventsJsonOptions): Promise<ExportResult> {
    return exportEventsToJson(this.#eventsToExport(), target, options);
  }

  /** The events of the history, see `exportEventsToCsv`. Rejects also while the history is switched off. */
  async exportToCsv(target: ExportTarget, options?: EventsCsvOptions): Promise<ExportResult> {
    return exportEventsToCsv(this.#eventsToExport(), target, options);
  }

  /** What the events of the history add up to, see `exportEventsToPrometheus`. Rejects also while the history is switched off. */
  async exportToPrometheus(target: ExportTarget, options?: EventsPrometheusOptions): Promise<ExportResult> {
    return exportEventsToPrometheus(this.#eventsToExport(), target, options);
  }

  /** Totals, time range, statistics of every metric, recent activity and losses; `formatReport` prints it. */
  report(options?: ReportOptions): MetricsReport {
    this.#observations.refresh();
    return createReport(this, options);
  }

  /** Empties windows and history. Handles stay good, and OpenTelemetry keeps what it has. */
  clearMetrics(): void {
    this.#windows?.empty();
    this.#recorder.history?.clear();
  }

  getLosses(): LossCounts {
    const { dropped, skipped, overflowed } = this.#recorder.losses;
    const { history, clock } = this.#recorder;
    const evicted = this.#switchedOff + (history?.evictedAt(clock.now()) ?? 0);
    return { dropped: Object.fromEntries(dropped), skipped: Object.fromEntries(skipped), overflowed, evicted };
  }

  /** @internal Tells of an operation that is not measured because its own options say so, for whoever looks for its metrics. */
  noteUnmeasured(operation: string): void {
    if (this.#unmeasured.size < MOST_UNMEASURED) this.#unmeasured.add(operation);
  }

  /** @internal The first hundred of them. */
  get unmeasured(): readonly string[] {
    return [...this.#unmeasured];
  }

  /** @internal The metric behind an instrument of this collector; `undefined` for instruments of others. */
  originOf(scope: string, instrument: string): Origin | undefined {
    return this.#recorder.instruments.origin(scope, instrument);
  }

  /** @internal Before a collection: a provider may have come, or have been replaced, since something was observed last. */
  attachObserved(): void {
    this.#observations.attach();
  }

  /** @internal After a collection: what it read of observed series goes into windows and history. */
  keepObserved(at: number): void {
    this.#observations.keep(at);
  }

  /** @internal */
  get clock(): Clock {
    return this.#recorder.clock;
  }

  /** @internal The meter provider that is in force now. */
  provider(): MeterProvider {
    return this.#recorder.provider();
  }

  /** @internal The meter of otel-perf's metrics about itself, of the provider that is in force now. */
  selfMeter(): Meter {
    return this.#recorder.instruments.selfMeter(this.#recorder.provider());
  }

  /** @internal Series that a metric may have, its overflow series apart. */
  get maxSeriesPerName(): number {
    return this.#table.maxSeriesPerName;
  }

  /** @internal The series, for reports. */
  allSeries(): readonly Series[] {
    return this.#table.all;
  }

  /** @internal The events, for exports; `undefined` while the history is switched off. */
  get events(): EventLog | undefined {
    const { history, clock, instruments } = this.#recorder;
    if (history === undefined) return undefined;
    return new EventLog(history, this.#table.all, clock, this.#timeBoundaries, (series) => instruments.instrumentName(series));
  }

  #eventsToExport(): EventLog {
    this.#observations.refresh();
    const { events } = this;
    if (events === undefined) throw new Error('there are no events to export: the history is switched off (historySize: 0)');
    return events;
  }

  #newest(selector: MetricSelector | undefined, limit: number): Metric[] {
    return this.events?.newestFirst(selector).take(Math.max(0, limit)).toArray() ?? [];
  }

  #typeOf(word: string): MetricType {
    const type = asText(word);
    const known = parseMetricType(type);
    if (known !== undefined) return known;
    this.#recorder.losses.warnOnce(`type\0${type}`, `otel-perf: unknown metric type ${JSON.stringify(type)} is recorded as custom`);
    return MetricType.CUSTOM;
  }

  #retain(retention: Retention): void {
    const recorder = this.#recorder;
    const { windowSize, windowMaxAgeMillis, historySize, historyMaxAgeMillis } = retention;
    const windows = windowSize === 0 ? undefined : new MetricsAggregator({ windowSize, windowMaxAgeMillis, clock: recorder.clock });
    if (windows !== undefined && this.#windows !== undefined) windows.adopt(this.#windows);
    for (const series of this.#table.all) series.window = windows?.window(series.name);
    this.#windows = windows;
    const history = historySize === 0 ? undefined : new History(historySize, historyMaxAgeMillis);
    if (recorder.history !== undefined) {
      if (history === undefined) {
        recorder.history.clear();
        this.#switchedOff += recorder.history.evictedAt(recorder.clock.now());
      } else history.adopt(recorder.history, recorder.clock.now());
    }
    recorder.history = history;
    recorder.timed = history !== undefined || (windows !== undefined && windowMaxAgeMillis < Infinity);
    this.#retention = retention;
  }
}

/** Callers without a type checker pass anything as a text. */
function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}
