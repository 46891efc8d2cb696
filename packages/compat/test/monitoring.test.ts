import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { get_metrics_collector } from '../src/centralized_metrics_collector.ts';

const collector = get_metrics_collector();

const TYPES = new Map([
  ['system_cpu_percent', 'percentage'],
  ['system_memory_rss', 'memory'],
  ['system_memory_vms', 'memory'],
  ['system_memory_percent', 'percentage'],
  ['system_thread_count', 'custom'],
]);

beforeEach(() => {
  collector.clear_metrics();
  jest.useFakeTimers({ doNotFake: ['performance', 'Date'] });
});

afterEach(() => {
  jest.useRealTimers();
});

function samples(): number {
  return collector.get_metric_history('system_memory_rss').length;
}

describe('start_monitoring_thread', () => {
  test('samples the process every five seconds, until it is stopped', () => {
    const handle = collector.start_monitoring_thread();
    jest.advanceTimersByTime(4999);
    expect(samples()).toBe(0);
    jest.advanceTimersByTime(1);
    expect(samples()).toBe(1);
    jest.advanceTimersByTime(10_000);
    expect(samples()).toBe(3);
    collector.stop_monitoring_thread(handle);
    jest.advanceTimersByTime(10_000);
    expect(samples()).toBe(3);
  });

  test('records system_* metrics of the source system_monitor, as many as the machine can tell', () => {
    const handle = collector.start_monitoring_thread({ interval: 0.5 });
    jest.advanceTimersByTime(500);
    collector.stop_monitoring_thread(handle);
    const metrics = collector.get_metrics();
    const expected = process.platform === 'linux' ? [...TYPES.keys()] : ['system_memory_rss', 'system_memory_percent'];
    expect(metrics.map(({ name }) => name)).toEqual(expect.arrayContaining(expected));
    for (const { name, value, metric_type, source } of metrics) {
      expect({ name, metric_type, source }).toEqual({ name, metric_type: TYPES.get(name), source: 'system_monitor' });
      expect(value).toBeGreaterThanOrEqual(0);
    }
  });

  test('calls back once a sample is recorded', () => {
    const callback = jest.fn(() => expect(samples()).toBe(1));
    const handle = collector.start_monitoring_thread({ interval: 1, callback });
    jest.advanceTimersByTime(1000);
    collector.stop_monitoring_thread(handle);
    expect(callback.mock.results).toEqual([expect.objectContaining({ type: 'return' })]);
    expect(callback.mock.calls).toEqual([[expect.objectContaining({ system_memory_rss: expect.any(Number) })]]);
  });

  test('refuses an interval that is none', () => {
    expect(() => collector.start_monitoring_thread({ interval: 0 })).toThrow(RangeError);
    expect(() => collector.start_monitoring_thread({ interval: NaN })).toThrow(RangeError);
  });
});
