import { diag, type Meter } from '@opentelemetry/api';
import { MetricReader, type CollectionResult, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { exportMetricsToCsv } from '../export/csv.ts';
import { exportMetricsToJson, type JsonOptions } from '../export/json.ts';
import { exportToPrometheus } from '../export/prometheus/export.ts';
import type { PrometheusOptions } from '../export/prometheus/options.ts';
import type { ExportOptions, ExportResult, ExportTarget, RowExportOptions } from '../export/target.ts';
import { matches, type MetricSelector } from '../filter/metrics-filter.ts';
import type { Metric } from '../model/metric.ts';
import type { CentralizedMetricsCollector } from '../record/collector.ts';
import { createReport, type MetricsReport, type ReportOptions } from '../report/report.ts';
import { checkPercentiles, DEFAULT_PERCENTILES } from '../window/statistics.ts';
import { ExportLane, type ExporterStatus } from './fan-out.ts';
import { flatten } from './flatten.ts';
import { reportAllForeign, reportForeign } from './foreign-report.ts';
import { ForeignWindows, type InstrumentStats } from './foreign-windows.ts';
import { guarded } from './guarded-producer.ts';
import { cardinalityFor, resolveReaderOptions, type PerformanceMetricReaderOptions, type ReaderSettings } from './reader-options.ts';
import { rememberReader } from './readers.ts';
import { ReaderMetrics } from './reader-metrics.ts';
import { select } from './select.ts';
import { withTimeout } from './timeout.ts';

export interface SelectedOptions {
  /** Which data points are written. Default all. */
  filter?: MetricSelector;
}

/** What a reader has been doing, for whoever asks why no metrics arrive. */
export interface ReaderStatus {
  /** Whether a MeterProvider has taken the reader. */
  readonly attached: boolean;
  readonly isShutDown: boolean;
  /** Collections that somebody asked for: scrapes, exports, snapshots. Those by which the reader drains itself are not among them. */
  readonly collections: number;
  readonly exporters: readonly ExporterStatus[];
}

/**
 * Reads every instrument of a MeterProvider (SDK 2.8 and later, and 3.x) and passes one collection on to everything: snapshot, windows,
 * report, files, a Prometheus endpoint and push exporters. Have it as the one reader of the process: each further reader makes the SDK
 * repeat the work of every record.
 *
 * It collects cumulatively; an exporter that prefers deltas gets them worked out. What an exporter's `selectAggregation` asks for is not
 * heeded: give the reader an `aggregationSelector`. Without a `cardinalitySelector` an instrument has room for 2000 series, or for the
 * collector's `maxSeriesPerName` where that is more. An instrument of ours that a View renames counts as another library's.
 *
 * Collections have a time limit; what fails in one (a callback, a producer, an exporter) costs only its own part, and is counted in
 * `otel_perf.reader.collection.errors` and `otel_perf.export.errors`. Its timers do not keep the process alive.
 */
export class PerformanceMetricReader extends MetricReader {
  readonly collector: CentralizedMetricsCollector;
  readonly #settings: ReaderSettings;
  readonly #lanes: readonly ExportLane[];
  readonly #foreign: ForeignWindows;
  readonly #originOf = (scope: string, instrument: string) => this.collector.originOf(scope, instrument);
  #timers: readonly NodeJS.Timeout[] = [];
  #ownMeter: Meter | undefined;
  #ownMetrics: ReaderMetrics | undefined;
  #collectedSinceDrain = false;
  #attached = false;
  #isShutDown = false;
  #collections = 0;
  /** Collections for the exporters, and the last of them. They never overlap, so that none holds less than the one before. */
  #exportCollections = 0;
  #exportCollection: Promise<unknown> = Promise.resolve();

  /** @throws RangeError for an option out of its bounds, naming both. */
  constructor(options: PerformanceMetricReaderOptions = {}) {
    const settings = resolveReaderOptions(options);
    const { collector, exporters, exportTimeoutMillis, foreignWindowMillis } = settings;
    const { aggregationSelector, cardinalitySelector = () => cardinalityFor(collector), metricProducers } = options;
    super({ aggregationSelector, cardinalitySelector, metricProducers: metricProducers?.map(guarded) });
    this.#settings = settings;
    this.collector = collector;
    const { onExportError } = options;
    const onError = (name: string, error: unknown) => this.#exportFailed(name, error, onExportError);
    this.#lanes = exporters.map((exporter) => new ExportLane(exporter, exportTimeoutMillis, onError));
    this.#foreign = new ForeignWindows(foreignWindowMillis, this.#originOf);
    rememberReader(this);
  }

  /** The option of that name: how long a scrape of this reader waits for asynchronous callbacks. */
  get collectTimeoutMillis(): number {
    return this.#settings.collectTimeoutMillis;
  }

  get status(): ReaderStatus {
    const exporters = this.#lanes.map((lane) => lane.status);
    return { attached: this.#attached, isShutDown: this.#isShutDown, collections: this.#collections, exporters };
  }

  /** As the base class does, within `collectTimeoutMillis` unless a limit is given; feeds the windows over other libraries' instruments. */
  override async collect(options?: { timeoutMillis?: number }): Promise<CollectionResult> {
    const { clock } = this.collector;
    const startedAt = clock.now();
    this.collector.attachObserved();
    const result = await super.collect({ timeoutMillis: options?.timeoutMillis ?? this.#settings.collectTimeoutMillis });
    const endedAt = clock.now();
    this.collector.keepObserved(endedAt);
    this.#collectedSinceDrain = true;
    this.#collections++;
    this.#foreign.feed(result.resourceMetrics, endedAt);
    this.#metrics().collected((endedAt - startedAt) / 1e3, result.errors.length);
    for (const error of result.errors) diag.warn(`otel-perf: part of a collection failed: ${String(error)}`);
    return result;
  }

  /**
   * Every data point of every instrument in the process that passes, ours under their original names. Rejects only when the reader is not
   * attached to a MeterProvider or is shut down.
   */
  async snapshot(selector?: MetricSelector): Promise<Metric[]> {
    const { resourceMetrics } = await this.collect();
    return Array.from(flatten(resourceMetrics, this.#originOf)).filter((metric) => matches(selector, metric));
  }

  /** As `collect`, with the data points that pass. */
  async collectSelected(selector?: MetricSelector): Promise<CollectionResult> {
    const { resourceMetrics, errors } = await this.collect();
    return { resourceMetrics: select(resourceMetrics, selector, this.#originOf), errors };
  }

  /**
   * Rolling statistics of the other libraries' instruments, as of the last collection. Those of our own metrics are the collector's.
   * @throws RangeError for a percentile outside [0, 100].
   */
  foreignStats(percentiles: readonly number[] = []): InstrumentStats[] {
    checkPercentiles(percentiles);
    return this.#foreign.stats(this.collector.clock.now(), percentiles);
  }

  /** Collects and writes every data point that passes, see `exportMetricsToJson`. */
  async exportToJson(target: ExportTarget, { filter, ...options }: SelectedOptions & JsonOptions = {}): Promise<ExportResult> {
    return exportMetricsToJson(await this.snapshot(filter), target, options);
  }

  /** Collects and writes every data point that passes, see `exportMetricsToCsv`. */
  async exportToCsv(target: ExportTarget, { filter, ...options }: SelectedOptions & RowExportOptions = {}): Promise<ExportResult> {
    return exportMetricsToCsv(await this.snapshot(filter), target, options);
  }

  /** Collects and writes every data point that passes as Prometheus text, see `PrometheusTextSerializer`. */
  async exportToPrometheus(
    target: ExportTarget,
    { filter, ...options }: SelectedOptions & PrometheusOptions & ExportOptions = {},
  ): Promise<void> {
    const { resourceMetrics } = await this.collectSelected(filter);
    await exportToPrometheus(resourceMetrics, target, options);
  }

  /** Collects, and reports on the collector's metrics and the other libraries' instruments together. `formatReport` prints it. */
  async report(options: ReportOptions = {}): Promise<MetricsReport> {
    const { resourceMetrics } = await this.collect();
    const foreign = this.foreignStats(options.percentiles ?? DEFAULT_PERCENTILES);
    return createReport(this.collector, options, reportForeign(foreign, options.filter, resourceMetrics, this.#originOf));
  }

  /**
   * As `report`, at once and without a collection: exact for the collector's metrics, and for other libraries' instruments as of the last
   * collection. For `exit` handlers, in which nothing asynchronous runs.
   */
  reportNow({ percentiles = DEFAULT_PERCENTILES }: Pick<ReportOptions, 'percentiles'> = {}): MetricsReport {
    return createReport(this.collector, { percentiles }, reportAllForeign(this.foreignStats(percentiles)));
  }

  protected override onInitialized(): void {
    this.#attached = true;
    const { exportIntervalMillis, drainIntervalMillis } = this.#settings;
    const drain = every(drainIntervalMillis, () => this.#drain());
    this.#timers = this.#lanes.length === 0 ? [drain] : [drain, every(exportIntervalMillis, () => this.#exportOnTimer())];
  }

  /** Collects, exports to all exporters and flushes them. Never rejects for what one of them does: that is logged and counted. */
  protected override async onForceFlush(): Promise<void> {
    const collection = await this.#collectForExport();
    if (collection !== undefined) await Promise.all(this.#lanes.map((lane) => lane.exportWhenFree(...collection)));
    await Promise.all(this.#lanes.map((lane) => lane.flush()));
  }

  /** Delivers what is pending, then shuts the exporters down. */
  protected override async onShutdown(): Promise<void> {
    this.#isShutDown = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.onForceFlush();
    await Promise.all(this.#lanes.map((lane) => lane.shutdown()));
  }

  async #drain(): Promise<void> {
    try {
      if (!this.#collectedSinceDrain) {
        await this.collect();
        this.#collections--;
      }
    } catch (error) {
      diag.error(`otel-perf: a collection failed: ${String(error)}`);
    }
    this.#collectedSinceDrain = false;
  }

  /** Ends with the collection: the exporters take the time that they take, each for itself. */
  async #exportOnTimer(): Promise<void> {
    const collection = await this.#collectForExport();
    if (collection !== undefined) for (const lane of this.#lanes) void lane.export(...collection);
  }

  async #collectForExport(): Promise<[ResourceMetrics, number] | undefined> {
    const collecting = this.#exportCollection.then(() => this.collect());
    this.#exportCollection = collecting.catch(() => {});
    try {
      const { resourceMetrics } = await collecting;
      await this.#resolved(resourceMetrics.resource);
      return [resourceMetrics, ++this.#exportCollections];
    } catch (error) {
      diag.error(`otel-perf: a collection failed: ${String(error)}`);
      return undefined;
    }
  }

  /** Detectors may still be finding out where the process runs; what they have not found in time is left out. */
  async #resolved(resource: ResourceMetrics['resource']): Promise<void> {
    if (!resource.asyncAttributesPending) return;
    try {
      await withTimeout(Promise.resolve(resource.waitForAsyncAttributes?.()), this.#settings.collectTimeoutMillis, 'resource detection');
    } catch (error) {
      diag.warn(`otel-perf: exporting without some resource attributes: ${String(error)}`);
    }
  }

  #exportFailed(name: string, error: unknown, onExportError: PerformanceMetricReaderOptions['onExportError']): void {
    this.#metrics().exportFailed(name);
    try {
      onExportError?.(name, error);
    } catch (thrown) {
      diag.error(`otel-perf: onExportError threw: ${String(thrown)}`);
    }
  }

  /** Made again when the provider changes. */
  #metrics(): ReaderMetrics {
    const meter = this.collector.selfMeter();
    if (this.#ownMetrics === undefined || meter !== this.#ownMeter) {
      this.#ownMeter = meter;
      this.#ownMetrics = new ReaderMetrics(meter);
    }
    return this.#ownMetrics;
  }
}

/** Runs `task` on an interval that keeps no process alive, and leaves a turn out while the one before is under way. */
function every(millis: number, task: () => Promise<void>): NodeJS.Timeout {
  let running = false;
  const turn = async () => {
    if (running) return;
    running = true;
    await task();
    running = false;
  };
  return setInterval(() => void turn(), millis).unref();
}
