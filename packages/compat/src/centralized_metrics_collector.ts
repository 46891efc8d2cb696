import type { MetricType, Tags } from '@otel-perf/metrics';
import { CentralizedMetricsCollector } from './metrics/collector.ts';

export { MetricsAggregator, type Stats, type StatsOrNone } from './metrics/aggregator.ts';
export { CentralizedMetricsCollector, type MonitoringOptions, type Report } from './metrics/collector.ts';
export { MetricsFilter } from './metrics/filter.ts';
export { Metric, MetricType, type FilterFunc } from './metrics/metric.ts';

export function get_metrics_collector(): CentralizedMetricsCollector {
  return CentralizedMetricsCollector.get_instance();
}

export function record_metric(name: string, value: number, metric_type: MetricType | (string & {}), source = 'unknown', tags?: Tags): void {
  get_metrics_collector().record_metric(name, value, metric_type, source, tags);
}

export function record_timing(operation: string, seconds: number, source = 'unknown'): void {
  get_metrics_collector().record_timing(operation, seconds, source);
}

export function record_counter(name: string, value = 1, source = 'unknown'): void {
  get_metrics_collector().record_counter(name, value, source);
}

export function print_metrics_report(): void {
  get_metrics_collector().print_report();
}
