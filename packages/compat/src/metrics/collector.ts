import {
  formatReport,
  getMetricsCollector,
  startSystemMonitor,
  type CentralizedMetricsCollector as IdiomaticCollector,
  type MetricType,
  type SystemMonitor,
  type SystemMonitorOptions,
  type Tags,
} from '@otel-perf/metrics';
import { to_stats, to_stats_by_name, type StatsOrNone } from './aggregator.ts';
import { to_documented, to_selector, type FilterFunc, type Metric } from './metric.ts';

/** The documented report. */
export interface Report {
  summary: {
    total_metrics: number;
    /** `null` while nothing is recorded. Times are ISO 8601. */
    time_range: { start: string; end: string; duration_seconds: number } | null;
    active_metrics: number;
  };
  statistics: Record<string, StatsOrNone>;
  recent_metrics: Metric[];
  export_time: string;
}

export interface MonitoringOptions {
  /** Seconds. Default 5. */
  interval?: number;
  callback?: SystemMonitorOptions['callback'];
}

let the_instance: CentralizedMetricsCollector | undefined;

/** The collector of the process under the documented names; `get_instance` is the way to it. */
export class CentralizedMetricsCollector {
  readonly #collector: IdiomaticCollector = getMetricsCollector();

  private constructor() {}

  static get_instance(): CentralizedMetricsCollector {
    return (the_instance ??= new CentralizedMetricsCollector());
  }

  get enabled(): boolean {
    return this.#collector.enabled;
  }

  enable(): void {
    this.#collector.enable();
  }

  disable(): void {
    this.#collector.disable();
  }

  record_metric(name: string, value: number, metric_type: MetricType | (string & {}), source = 'unknown', tags?: Tags): void {
    this.#collector.recordMetric(name, value, metric_type, source, tags);
  }

  record_timing(operation: string, seconds: number, source = 'unknown'): void {
    this.#collector.recordTiming(operation, seconds, source);
  }

  record_counter(name: string, value = 1, source = 'unknown'): void {
    this.#collector.recordCounter(name, value, source);
  }

  record_memory(name: string, bytes: number, source = 'unknown'): void {
    this.#collector.recordMemory(name, bytes, source);
  }

  record_throughput(name: string, items_per_second: number, source = 'unknown'): void {
    this.#collector.recordThroughput(name, items_per_second, source);
  }

  /** The newest `limit` that pass, oldest first. */
  get_metrics(filter_func?: FilterFunc | null, limit?: number): Metric[] {
    return this.#collector.getMetrics(to_selector(filter_func), limit).map(to_documented);
  }

  get_latest_metrics(count = 10, metric_type?: MetricType): Metric[] {
    return this.#collector.getLatestMetrics(count, metric_type).map(to_documented);
  }

  /** Newest first. */
  get_metric_history(name: string, count = 100): Metric[] {
    return this.#collector.getMetricHistory(name, count).map(to_documented);
  }

  get_metric_stats(name: string): StatsOrNone;
  get_metric_stats(): Record<string, StatsOrNone>;
  get_metric_stats(name?: string): StatsOrNone | Record<string, StatsOrNone> {
    return name === undefined ? to_stats_by_name(this.#collector.getAllMetricStats()) : to_stats(this.#collector.getMetricStats(name));
  }

  /** Resolves once the file is complete. */
  async export_to_json(file: string, filter_func?: FilterFunc | null): Promise<void> {
    await this.#collector.exportToJson(file, { filter: to_selector(filter_func) });
  }

  /** Resolves once the file is complete. */
  async export_to_csv(file: string, filter_func?: FilterFunc | null): Promise<void> {
    await this.#collector.exportToCsv(file, { filter: to_selector(filter_func) });
  }

  /** Resolves once the file is complete. */
  async export_to_prometheus(file: string, filter_func?: FilterFunc | null): Promise<void> {
    await this.#collector.exportToPrometheus(file, { filter: to_selector(filter_func) });
  }

  get_report(): Report {
    const { summary, statistics, recentMetrics, exportTime } = this.#collector.report();
    const { totalMetrics, timeRange, activeMetrics } = summary;
    return {
      summary: {
        total_metrics: totalMetrics,
        time_range:
          timeRange === undefined ? null : { start: timeRange.start, end: timeRange.end, duration_seconds: timeRange.durationSeconds },
        active_metrics: activeMetrics,
      },
      statistics: Object.fromEntries(statistics.map(({ name, stats }) => [name, to_stats(stats)])),
      recent_metrics: recentMetrics.map(to_documented),
      export_time: exportTime,
    };
  }

  print_report(): void {
    console.log(formatReport(this.#collector.report(), { width: process.stdout.columns }));
  }

  clear_metrics(): void {
    this.#collector.clearMetrics();
  }

  /**
   * Records what the process uses as `system_*` metrics, every `interval` seconds, until `stop_monitoring_thread`; `callback` gets each
   * sample once it is recorded. A timer, which does not keep the process alive: no thread is needed.
   */
  start_monitoring_thread({ interval = 5, callback }: MonitoringOptions = {}): SystemMonitor {
    return startSystemMonitor({ intervalMillis: Math.round(interval * 1e3), collector: this.#collector, callback });
  }

  stop_monitoring_thread(handle: SystemMonitor): void {
    handle.stop();
  }
}
