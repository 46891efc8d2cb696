import { describe, expect, jest, test } from '@jest/globals';
import { Metric, MetricType } from '../src/centralized_metrics_collector.ts';

describe('MetricType', () => {
  test('has the documented members, with the lower-case word as value', () => {
    expect(MetricType).toEqual({
      TIME: 'time',
      THROUGHPUT: 'throughput',
      MEMORY: 'memory',
      COUNTER: 'counter',
      RATIO: 'ratio',
      PERCENTAGE: 'percentage',
      CUSTOM: 'custom',
    });
  });
});

describe('Metric', () => {
  test('has the documented fields, in Unix seconds', () => {
    const metric = new Metric('cpu', 85, MetricType.PERCENTAGE, 1_700_000_000.25, 'monitor', { core: 1 });
    expect(JSON.stringify(metric)).toBe(
      '{"name":"cpu","value":85,"metric_type":"percentage","timestamp":1700000000.25,"source":"monitor","tags":{"core":1}}',
    );
  });

  test('defaults to now, an unknown source and no tags', () => {
    jest.spyOn(Date, 'now').mockReturnValue(1_700_000_000_250);
    const metric = new Metric('cpu', 85, 'Percentage');
    expect(metric).toMatchObject({ timestamp: 1_700_000_000.25, source: 'unknown', tags: {} });
    expect(new Metric('a', 1, 'time').tags).not.toBe(metric.tags);
  });

  test('refuses a type that there is none of', () => {
    expect(() => new Metric('cpu', 85, 'percent')).toThrow(new TypeError('metric_type must be a metric type, not "percent"'));
  });
});
