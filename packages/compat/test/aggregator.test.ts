import { describe, expect, test } from '@jest/globals';
import { MetricsAggregator } from '../src/centralized_metrics_collector.ts';

describe('MetricsAggregator', () => {
  test('keeps 1000 values by default', () => {
    const aggregator = new MetricsAggregator();
    expect(aggregator.window_size).toBe(1000);
    for (let i = 0; i < 1001; i++) aggregator.add_metric('m', i);
    expect(aggregator.metrics.get('m')!.length).toBe(1000);
  });

  test('get_stats is over the values in the window, with the population standard deviation', () => {
    const aggregator = new MetricsAggregator({ window_size: 4 });
    for (const value of [100, 2, 4, 4, 6]) aggregator.add_metric('m', value);
    expect(aggregator.get_stats('m')).toEqual({ count: 4, total: 16, average: 4, min: 2, max: 6, std_dev: Math.SQRT2, last_value: 6 });
    expect(aggregator.metrics.get('m')).toEqual([2, 4, 4, 6]);
  });

  test('get_stats without a name gives a map of them, {} for an unknown name', () => {
    const aggregator = new MetricsAggregator();
    expect(aggregator.get_stats()).toEqual({});
    aggregator.add_metric('a', 1);
    aggregator.add_metric('b', 2);
    expect(aggregator.get_stats()).toEqual({ a: aggregator.get_stats('a'), b: aggregator.get_stats('b') });
    expect(aggregator.get_stats('c')).toEqual({});
    expect(aggregator.metrics.get('c')).toBeUndefined();
  });

  test('get_recent_values gives the last ten, or as many as asked for, oldest first', () => {
    const aggregator = new MetricsAggregator();
    for (let i = 1; i <= 12; i++) aggregator.add_metric('m', i);
    expect(aggregator.get_recent_values('m')).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(aggregator.get_recent_values('m', 2)).toEqual([11, 12]);
    expect(aggregator.get_recent_values('unknown')).toEqual([]);
  });

  test('clear empties it', () => {
    const aggregator = new MetricsAggregator();
    aggregator.add_metric('m', 1);
    aggregator.clear();
    expect(aggregator.get_stats()).toEqual({});
    expect(aggregator.metrics.size).toBe(0);
  });
});
