import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import {
  CentralizedMetricsCollector,
  get_metrics_collector,
  Metric,
  MetricsFilter,
  MetricType,
  print_metrics_report,
  record_counter,
  record_metric,
  record_timing,
} from '../src/centralized_metrics_collector.ts';

const collector = CentralizedMetricsCollector.get_instance();

beforeEach(() => collector.clear_metrics());

function recorded(): unknown[] {
  return collector.get_metrics().map(({ name, value, metric_type, source, tags }) => [name, value, metric_type, source, tags]);
}

function warnings(): jest.Mock<(message: string) => void> {
  const warn = jest.fn<(message: string) => void>();
  const silent = () => {};
  const logger = { warn, error: silent, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  return warn;
}

afterEach(() => diag.disable());

describe('CentralizedMetricsCollector', () => {
  test('get_instance gives the one instance of the process', () => {
    expect(CentralizedMetricsCollector.get_instance()).toBe(collector);
    expect(get_metrics_collector()).toBe(collector);
    expect(collector).toBeInstanceOf(CentralizedMetricsCollector);
  });

  test('nothing is recorded while disabled', () => {
    expect(collector.enabled).toBe(true);
    collector.disable();
    expect(collector.enabled).toBe(false);
    collector.record_metric('m', 1, 'custom');
    collector.enable();
    collector.record_metric('m', 2, 'custom');
    expect(collector.enabled).toBe(true);
    expect(recorded()).toEqual([['m', 2, 'custom', 'unknown', {}]]);
  });

  test('record_metric takes the type as enum or word in any case, a source and tags', () => {
    collector.record_metric('a', 1, MetricType.RATIO);
    collector.record_metric('b', 2, 'PERCENTAGE', 'monitor');
    collector.record_metric('c', -3, 'Memory', 'monitor', { host: 'x', core: 1, idle: true });
    expect(recorded()).toEqual([
      ['a', 1, 'ratio', 'unknown', {}],
      ['b', 2, 'percentage', 'monitor', {}],
      ['c', -3, 'memory', 'monitor', { host: 'x', core: 1, idle: true }],
    ]);
  });

  test('an unknown type is recorded as CUSTOM, with a warning', () => {
    const warn = warnings();
    collector.record_metric('m', 1, 'temperature');
    expect(recorded()).toEqual([['m', 1, 'custom', 'unknown', {}]]);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('"temperature"')]]);
  });

  test('the timestamp is in Unix seconds', () => {
    collector.record_metric('m', 1, 'custom');
    expect(collector.get_metrics()[0]!.timestamp).toBeCloseTo(Date.now() / 1e3, -4);
  });

  test('record_timing records <operation>_time with the tag operation', () => {
    collector.record_timing('query', 0.025, 'database');
    expect(recorded()).toEqual([['query_time', 0.025, 'time', 'database', { operation: 'query' }]]);
  });

  test('record_counter, record_memory and record_throughput record what they are named after', () => {
    collector.record_counter('requests');
    collector.record_counter('requests', 4, 'api');
    collector.record_memory('heap', 1024, 'monitor');
    collector.record_throughput('rows', 250.5, 'database');
    expect(recorded()).toEqual([
      ['requests', 1, 'counter', 'unknown', {}],
      ['requests', 4, 'counter', 'api', {}],
      ['heap', 1024, 'memory', 'monitor', {}],
      ['rows', 250.5, 'throughput', 'database', {}],
    ]);
  });

  test('get_metrics gives what passes, at most limit of the newest, oldest first', () => {
    for (const value of [1, 2, 3, 4, 5]) collector.record_metric(value % 2 === 0 ? 'even' : 'odd', value, 'custom');
    const values = (metrics: Metric[]) => metrics.map(({ value }) => value);
    expect(values(collector.get_metrics())).toEqual([1, 2, 3, 4, 5]);
    expect(values(collector.get_metrics(null, 2))).toEqual([4, 5]);
    expect(values(collector.get_metrics(({ value }) => value > 2))).toEqual([3, 4, 5]);
    expect(values(collector.get_metrics(new MetricsFilter().add_name_filter('odd'), 2))).toEqual([3, 5]);
    expect(collector.get_metrics()[0]).toBeInstanceOf(Metric);
  });

  test('get_latest_metrics gives the last ten, or as many as asked for, of one type where it is given, oldest first', () => {
    for (let i = 1; i <= 12; i++) collector.record_metric('m', i, i % 2 === 0 ? 'ratio' : 'custom');
    expect(collector.get_latest_metrics().map(({ value }) => value)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(collector.get_latest_metrics(2, MetricType.RATIO).map(({ value }) => value)).toEqual([10, 12]);
  });

  test('get_metric_history gives one metric, newest first', () => {
    for (let i = 1; i <= 3; i++) {
      collector.record_metric('m', i, 'custom');
      collector.record_metric('other', i, 'custom');
    }
    expect(collector.get_metric_history('m').map(({ value }) => value)).toEqual([3, 2, 1]);
    expect(collector.get_metric_history('m', 2).map(({ value }) => value)).toEqual([3, 2]);
    expect(collector.get_metric_history('unknown')).toEqual([]);
    for (let i = 0; i < 120; i++) collector.record_metric('m', i, 'custom');
    expect(collector.get_metric_history('m')).toHaveLength(100);
  });

  test('get_metric_stats gives the stats of one metric, {} for an unknown one, or a map of them', () => {
    collector.record_metric('a', 1, 'custom');
    collector.record_metric('a', 3, 'custom');
    collector.record_metric('b', 5, 'custom');
    expect(collector.get_metric_stats('a')).toEqual({ count: 2, total: 4, average: 2, min: 1, max: 3, std_dev: 1, last_value: 3 });
    expect(collector.get_metric_stats('unknown')).toEqual({});
    expect(collector.get_metric_stats()).toEqual({ a: collector.get_metric_stats('a'), b: collector.get_metric_stats('b') });
  });

  test('clear_metrics empties metrics and statistics', () => {
    collector.record_metric('a', 1, 'custom');
    collector.clear_metrics();
    expect(collector.get_metrics()).toEqual([]);
    expect(collector.get_metric_stats('a')).toEqual({});
    expect(collector.get_metric_stats()).toEqual({});
    expect(collector.get_report().summary).toEqual({ total_metrics: 0, time_range: null, active_metrics: 0 });
  });

  test('a value that is no measurement is dropped with a warning, and never throws', () => {
    const warn = warnings();
    collector.record_metric('dropped', NaN, 'custom');
    collector.record_counter('dropped', -1);
    expect(recorded()).toEqual([]);
    expect(warn).toHaveBeenCalledTimes(2);
  });
});

describe('the functions of the module', () => {
  test('record through the one instance', () => {
    record_metric('cpu_usage', 85, 'percentage', 'system_monitor', { core: 0 });
    record_metric('load', 1, 'custom');
    record_timing('database_query', 0.025, 'database');
    record_counter('api_requests', 2, 'api_handler');
    record_counter('api_requests');
    expect(recorded()).toEqual([
      ['cpu_usage', 85, 'percentage', 'system_monitor', { core: 0 }],
      ['load', 1, 'custom', 'unknown', {}],
      ['database_query_time', 0.025, 'time', 'database', { operation: 'database_query' }],
      ['api_requests', 2, 'counter', 'api_handler', {}],
      ['api_requests', 1, 'counter', 'unknown', {}],
    ]);
  });

  test('print_metrics_report prints the report of the one instance', () => {
    const log = jest.spyOn(console, 'log').mockImplementation(() => {});
    record_metric('cpu_usage', 85, 'percentage');
    print_metrics_report();
    expect(log.mock.calls).toEqual([[expect.stringContaining('cpu_usage')]]);
  });
});
