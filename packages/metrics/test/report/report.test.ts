import { describe, expect, test } from '@jest/globals';
import { MetricsFilter } from '../../src/filter/metrics-filter.ts';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';
import type { CollectorOptions } from '../../src/record/collector-options.ts';
import { createReport } from '../../src/report/report.ts';
import { ManualClock } from '../model/manual-clock.ts';

function setUp(options: CollectorOptions = {}) {
  const clock = new ManualClock();
  return { clock, collector: new CentralizedMetricsCollector({ clock, ...options }) };
}

describe('a report', () => {
  test('sums up what was recorded', () => {
    const { collector, clock } = setUp();
    collector.recordTiming('load', 0.5, 'a');
    clock.advance(1500);
    collector.recordTiming('load', 1.5, 'b');
    collector.recordMetric('ratio', NaN, 'ratio');
    expect(createReport(collector, {})).toEqual({
      summary: {
        totalMetrics: 2,
        timeRange: { start: '2026-01-01T00:00:00.000Z', end: '2026-01-01T00:00:01.500Z', durationSeconds: 1.5 },
        activeMetrics: 1,
      },
      statistics: [
        {
          name: 'load_time',
          type: 'time',
          sources: ['a', 'b'],
          unit: 's',
          exact: true,
          stats: {
            count: 2,
            seen: 2,
            total: 2,
            average: 1,
            min: 0.5,
            max: 1.5,
            stdDev: 0.5,
            lastValue: 1.5,
            percentiles: { p50: 1, p90: expect.closeTo(1.4, 9), p95: expect.closeTo(1.45, 9), p99: expect.closeTo(1.49, 9) },
          },
        },
      ],
      recentMetrics: [
        { name: 'load_time', value: 0.5, type: 'time', timestamp: 1_767_225_600, source: 'a', tags: { operation: 'load' } },
        { name: 'load_time', value: 1.5, type: 'time', timestamp: 1_767_225_601.5, source: 'b', tags: { operation: 'load' } },
      ],
      losses: { dropped: { not_finite: 1 }, skipped: {}, overflowed: 0, evicted: 0 },
      exportTime: '2026-01-01T00:00:01.500Z',
    });
  });

  test('of nothing has no time range and no zeros for averages', () => {
    const { collector } = setUp();
    const { summary, statistics, recentMetrics } = createReport(collector, {});
    expect([summary, statistics, recentMetrics]).toEqual([{ totalMetrics: 0, activeMetrics: 0 }, [], []]);
  });

  test('says which metrics are active now', () => {
    const { collector, clock } = setUp({ windowMaxAgeMillis: 1000 });
    collector.recordCounter('old');
    clock.advance(1001);
    collector.recordCounter('new');
    const { summary, statistics } = createReport(collector, {});
    expect([summary.activeMetrics, statistics.map(({ name, stats }) => [name, stats.count])]).toEqual([
      1,
      [
        ['old', 0],
        ['new', 1],
      ],
    ]);
  });

  test('has the last ten measurements that pass, oldest first', () => {
    const { collector } = setUp();
    for (let i = 0; i < 30; i++) collector.recordMetric(i % 2 === 0 ? 'even' : 'odd', i, 'custom');
    const { summary, recentMetrics } = createReport(collector, { filter: ({ name }) => name === 'even' });
    expect([summary.totalMetrics, recentMetrics.map(({ value }) => value)]).toEqual([15, [10, 12, 14, 16, 18, 20, 22, 24, 26, 28]]);
  });

  test('leaves out metrics of which no event could pass the filter', () => {
    const { collector } = setUp();
    collector.recordTiming('load', 1, 'a');
    collector.recordMemory('heap', 1, 'b');
    const names = (filter: MetricsFilter) => createReport(collector, { filter }).statistics.map(({ name }) => name);
    expect(names(new MetricsFilter().addTypeFilter('time'))).toEqual(['load_time']);
    expect(names(new MetricsFilter().addSourceFilter('b'))).toEqual(['heap']);
    expect(names(new MetricsFilter().addTimeRangeFilter(0, 1))).toEqual(['load_time', 'heap']);
  });

  test('has the percentiles that were asked for', () => {
    const { collector } = setUp();
    for (let i = 0; i <= 100; i++) collector.recordMemory('m', i);
    expect(createReport(collector, { percentiles: [12.5] }).statistics[0]!.stats.percentiles).toEqual({ 'p12.5': 12.5 });
    expect(() => createReport(collector, { percentiles: [101] })).toThrow(RangeError);
  });

  test('is plain data', () => {
    const { collector } = setUp();
    collector.recordTiming('load', 1);
    const report = createReport(collector, {});
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});
