import { describe, expect, test } from '@jest/globals';
import { Metric, MetricsFilter, MetricType } from '../src/centralized_metrics_collector.ts';

describe('MetricsFilter', () => {
  const cpu = new Metric('cpu_usage', 85, MetricType.PERCENTAGE, 10, 'system_monitor');
  const cpuTime = new Metric('cpu_time', 0.5, MetricType.TIME, 20, 'system_clock');
  const query = new Metric('query_time', 0.1, MetricType.TIME, 30, 'database');
  const all = [cpu, cpuTime, query];

  test.each([
    ['cpu*', [cpu, cpuTime]],
    ['*_time', [cpuTime, query]],
    ['cpu_tim?', [cpuTime]],
    ['[cq]*_time', [cpuTime, query]],
    ['[!c]*', [query]],
    ['cpu', []],
    ['CPU*', []],
  ])('add_name_filter(%j) takes shell wildcards', (pattern, kept) => {
    expect(new MetricsFilter().add_name_filter(pattern).apply(all)).toEqual(kept);
  });

  test('add_source_filter takes shell wildcards', () => {
    expect(new MetricsFilter().add_source_filter('system*').apply(all)).toEqual([cpu, cpuTime]);
  });

  test('add_type_filter takes the enum or its word', () => {
    expect(new MetricsFilter().add_type_filter(MetricType.TIME).apply(all)).toEqual([cpuTime, query]);
    expect(new MetricsFilter().add_type_filter('time').apply(all)).toEqual([cpuTime, query]);
  });

  test('add_time_range_filter includes both ends', () => {
    expect(new MetricsFilter().add_time_range_filter(10, 20).apply(all)).toEqual([cpu, cpuTime]);
    expect(new MetricsFilter().add_time_range_filter(new Date(20e3), new Date(30e3)).apply(all)).toEqual([cpuTime, query]);
  });

  test('each call returns the filter, and what passes all of them is kept, itself and in its order', () => {
    const filter = new MetricsFilter();
    expect(filter.apply(all)).toEqual(all);
    expect(filter.add_name_filter('cpu*')).toBe(filter);
    expect(filter.add_type_filter('time')).toBe(filter);
    expect(filter.add_source_filter('system*')).toBe(filter);
    expect(filter.add_time_range_filter(0, 100)).toBe(filter);
    expect(filter.apply(all)[0]).toBe(cpuTime);
    expect(filter.apply(all)).toHaveLength(1);
  });
});
