export type { Clock } from './model/clock.ts';
export { DEFAULT_TIME_BOUNDARIES } from './model/instrument-mapping.ts';
export { MetricType, parseMetricType } from './model/metric-type.ts';
export type { Bucket, Distribution, Metric, Tags, TagValue } from './model/metric.ts';
export { MetricsFilter, type MetricPredicate, type MetricSelector } from './filter/metrics-filter.ts';
export { MetricsAggregator, type MetricsAggregatorOptions } from './window/metrics-aggregator.ts';
export { DEFAULT_PERCENTILES, type WindowStats } from './window/statistics.ts';
export type { CollectorOptions, RetentionOptions } from './record/collector-options.ts';
export { CentralizedMetricsCollector, type LossCounts, type ObservedDescription, type SeriesDescription } from './record/collector.ts';
export { ErrorTypes } from './record/error-types.ts';
export type { Frequency, FrequencyRule } from './record/frequency.ts';
export { legalName } from './record/legal-name.ts';
export { getMetricsCollector } from './record/global-collector.ts';
export type { DropReason, SkipReason } from './record/losses.ts';
export type { ObservedSeries, ReadValue } from './record/observed-series.ts';
export type { Series } from './record/series.ts';
export type { TagsInput } from './record/tags.ts';
export { startSystemMonitor, type SystemMonitor, type SystemMonitorOptions, type SystemSample } from './record/system-monitor.ts';
export { getReaders } from './read/readers.ts';
export { PerformanceMetricReader, type ReaderStatus, type SelectedOptions } from './read/reader.ts';
export type { ExporterStatus } from './read/fan-out.ts';
export type { PerformanceMetricReaderOptions } from './read/reader-options.ts';
export type { InstrumentStats } from './read/foreign-windows.ts';
export type { EventsCsvOptions } from './export/csv.ts';
export type { EventsJsonOptions, JsonOptions } from './export/json.ts';
export {
  createMetricsHandler,
  PrometheusTextSerializer,
  type PrometheusNaming,
  type PrometheusOptions,
} from './export/prometheus/index.ts';
export type { EventsPrometheusOptions } from './export/prometheus/from-events.ts';
export type { ExportOptions, ExportResult, ExportTarget, RowExportOptions } from './export/target.ts';
export { formatReport, type PrintOptions } from './report/print.ts';
export type { MetricsReport, ReportedMetric, ReportOptions } from './report/report.ts';
export { formatCount, formatValue } from './report/units.ts';
