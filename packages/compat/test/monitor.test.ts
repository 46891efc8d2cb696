import { afterEach, describe, expect, test } from '@jest/globals';
import { get_global_monitor, PerformanceMonitor } from '../src/timing_utilities.ts';

afterEach(() => get_global_monitor().reset());

function monitorOf(...times: number[]): PerformanceMonitor {
  const monitor = new PerformanceMonitor();
  for (const seconds of times) monitor.record_timing('load', seconds);
  return monitor;
}

describe('PerformanceMonitor', () => {
  test('get_stats gives the statistics of one operation', () => {
    expect(monitorOf(2, 1, 3).get_stats('load')).toEqual({ count: 3, total_time: 6, avg_time: 2, min_time: 1, max_time: 3, last_time: 3 });
  });

  test('get_stats without an operation gives a map of them', () => {
    const monitor = monitorOf(1);
    monitor.record_timing('save', 2);
    expect(monitor.get_stats()).toEqual({ load: monitor.get_stats('load'), save: monitor.get_stats('save') });
    expect(new PerformanceMonitor().get_stats()).toEqual({});
  });

  test('get_stats gives {} for an unknown name', () => {
    expect(monitorOf(1).get_stats('save')).toEqual({});
  });

  test('reset forgets everything', () => {
    const monitor = monitorOf(1);
    monitor.reset();
    expect(monitor.get_stats()).toEqual({});
    expect(monitor.get_trend('load')).toEqual({});
  });

  test('each monitor has its own operations', () => {
    monitorOf(1);
    expect(monitorOf(2).get_stats('load')).toMatchObject({ count: 1 });
    expect(get_global_monitor().get_stats()).toEqual({});
  });
});

describe('get_trend', () => {
  test.each([
    ['increasing', [1, 1, 2, 2], { avg_recent: 1.5, avg_earlier: 1, count: 4 }],
    ['decreasing', [2, 2, 1, 1], { avg_recent: 1.5, avg_earlier: 2, count: 4 }],
    ['stable', [2, 2, 2, 2.5], { avg_recent: 2.125, avg_earlier: 2, count: 4 }],
    ['increasing', [1, 1, 2], { avg_recent: 4 / 3, avg_earlier: 1, count: 3 }],
  ])('is %s for %j: the mean against the mean of the first half', (trend, times, means) => {
    expect(monitorOf(...times).get_trend('load')).toEqual({ trend, ...means });
  });

  test('looks at the last ten, or as many as asked for', () => {
    const monitor = monitorOf(9, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    expect(monitor.get_trend('load')).toEqual({ trend: 'stable', avg_recent: 1, avg_earlier: 1, count: 10 });
    expect(monitor.get_trend('load', 12)).toMatchObject({ trend: 'decreasing', count: 12 });
    expect(monitor.get_trend('load', 1)).toEqual({ trend: 'insufficient_data', avg_recent: 1 });
  });

  test('of one value is insufficient data, of none {}', () => {
    expect(monitorOf(5).get_trend('load')).toEqual({ trend: 'insufficient_data', avg_recent: 5 });
    expect(monitorOf().get_trend('load')).toEqual({});
  });
});

describe('get_global_monitor', () => {
  test('gives the one of the process', () => {
    const monitor = get_global_monitor();
    expect(monitor).toBeInstanceOf(PerformanceMonitor);
    expect(get_global_monitor()).toBe(monitor);
    monitor.record_timing('load', 1);
    expect(get_global_monitor().get_stats('load')).toMatchObject({ count: 1 });
  });
});
