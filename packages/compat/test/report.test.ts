import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { get_metrics_collector, Metric } from '../src/centralized_metrics_collector.ts';

const collector = get_metrics_collector();

beforeEach(() => collector.clear_metrics());

function printed(): string {
  const log = jest.spyOn(console, 'log').mockImplementation(() => {});
  collector.print_report();
  return log.mock.calls.flat().join('\n');
}

describe('get_report', () => {
  test('has summary, statistics, the ten last metrics and the time', () => {
    for (let i = 1; i <= 12; i++) collector.record_metric(i % 2 === 0 ? 'even' : 'odd', i, 'custom');
    const report = collector.get_report();
    const metrics = collector.get_metrics();
    const [start, end] = [metrics[0]!.timestamp, metrics[11]!.timestamp];

    expect(Object.keys(report)).toEqual(['summary', 'statistics', 'recent_metrics', 'export_time']);
    expect(report.summary).toEqual({
      total_metrics: 12,
      time_range: { start: iso(start), end: iso(end), duration_seconds: expect.closeTo(end - start, 6) },
      active_metrics: 2,
    });
    expect(report.statistics).toEqual(collector.get_metric_stats());
    expect(report.recent_metrics).toEqual(metrics.slice(2));
    expect(report.recent_metrics[0]).toBeInstanceOf(Metric);
    expect(new Date(report.export_time).toISOString()).toBe(report.export_time);
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({ summary: { total_metrics: 12 } });
  });

  test('of nothing has no time range', () => {
    expect(collector.get_report()).toMatchObject({
      summary: { total_metrics: 0, time_range: null, active_metrics: 0 },
      statistics: {},
      recent_metrics: [],
    });
  });
});

function iso(seconds: number): string {
  return new Date(seconds * 1e3).toISOString();
}

describe('print_report', () => {
  test('prints total, time range, top ten by average value and recent activity', () => {
    for (let i = 1; i <= 12; i++) collector.record_metric(`metric_${i}`, i, 'custom', 'reporter');
    const text = printed();
    expect(text).toMatch(/Total metrics collected: 12\b/);
    expect(text).toMatch(/^Time range: .+ to .+/m);
    const [, top, recent] = /^([^\n]*top 10 of 12.*)^Recent activity$(.*)/ms.exec(text)!;
    expect(Array.from(top!.matchAll(/metric_\d+/g), ([name]) => name)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((i) => `metric_${i}`));
    expect(Array.from(recent!.matchAll(/metric_\d+/g), ([name]) => name)).toEqual(
      [3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((i) => `metric_${i}`),
    );
  });

  test('prints also when there is nothing', () => {
    expect(printed()).toMatch(/Total metrics collected: 0\b/);
  });
});
