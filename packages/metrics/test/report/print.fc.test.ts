import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stripVTControlCharacters } from 'node:util';
import { MetricType } from '../../src/model/metric-type.ts';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';
import { formatReport } from '../../src/report/print.ts';
import { createReport, type ReportedMetric } from '../../src/report/report.ts';
import { ManualClock } from '../model/manual-clock.ts';

const WIDE = /[\u3000-\u9fff\uac00-\ud7a3\uff01-\uff60\p{Emoji_Presentation}]/u;
const columns = (line: string) => [...line].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);

function print(collector: CentralizedMetricsCollector, foreign: ReportedMetric[] = [], width?: number): string {
  return formatReport(createReport(collector, {}, foreign), width === undefined ? {} : { width });
}

function newCollector(): CentralizedMetricsCollector {
  return new CentralizedMetricsCollector({ clock: new ManualClock() });
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', '.', '名', '前', '😀', '\u001b', '\u202e', '\n', '\u200b'), maxLength: 120 }),
  fc.constantFrom('\u001b[2J\u001b[31mred', 'line\nbreak', '\r\b\b', 'x'.repeat(500), '', '__proto__'),
);
const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
const record = fc.record({ name: hostile, source: hostile, value, type: fc.constantFrom(...Object.values(MetricType)) });

describe('the printed report', () => {
  test('has no line longer than its width and no control characters, whatever was recorded', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }), fc.constantFrom(undefined, 72, 80, 120), (records, width) => {
        const collector = newCollector();
        for (const { name, source, value: each, type } of records) collector.recordMetric(name, each, type, source);
        for (const bad of [NaN, '1', -1]) collector.recordCounter('bad', bad as number);
        const text = print(collector, [], width);
        expect(text.split('\n').filter((line) => columns(line) > (width ?? 80))).toEqual([]);
        expect(stripVTControlCharacters(text)).toBe(text);
        expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test('nor with counts as large as they get', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const percentiles = { p50: -1e100, p95: -1e100, p99: -1e100 };
    const stats = { count: most, seen: most, total: -1e300, average: -1.5e200, min: -1e300, max: -1e300, percentiles };
    const like = { name: `long.${'x'.repeat(100)}.end`, sources: ['s'], unit: '{item}/s', exact: false, stats };
    const foreign = Object.values(MetricType).map((type) => ({ ...like, type }));
    const report = createReport(newCollector(), {}, foreign);
    const dropped = { not_a_number: most, not_finite: most, negative: most, name_limit: most, unreadable: most, instrument_error: most };
    const losses = { dropped, skipped: { sampled: most, interval: most }, overflowed: most, evicted: most };
    const text = formatReport({ ...report, losses, summary: { ...report.summary, totalMetrics: most } });
    expect(text.split('\n').filter((line) => columns(line) > 80)).toEqual([]);
    expect(text.match(/^~long\.x+…x*\.end /gm)).toHaveLength(foreign.length);
  });

  test('of nothing says so', () => {
    expect(print(newCollector())).toBe(`Performance metrics\n${'─'.repeat(80)}\nTotal metrics collected: 0\nActive metrics: 0\n`);
  });

  test('shows totals, time range, readable units, the recent activity and the losses', () => {
    const clock = new ManualClock();
    const collector = new CentralizedMetricsCollector({ clock, historySize: 3 });
    for (const seconds of [0.001, 0.002, 0.003]) collector.recordTiming('load', seconds, 'api');
    clock.advance(90_000);
    collector.recordMemory('heap', 3 * 1024 ** 2, 'api');
    collector.recordCounter('hits', 2);
    collector.recordCounter('hits', NaN);
    expect(print(collector)).toBe(
      [
        'Performance metrics',
        '─'.repeat(80),
        'Total metrics collected: 3',
        'Have left the history: 2',
        'Active metrics: 3',
        'Time range: 2026-01-01 00:00:00 to 2026-01-01 00:01:30 UTC (1.5 min)',
        '',
        'Times, by average',
        '                                     count  average   p50     p95      p99   max',
        'load_time                                3     2 ms  2 ms  2.9 ms  2.98 ms  3 ms',
        '',
        'Memory, by average',
        '                                      count  average    p50    p95    p99    max',
        'heap                                      1    3 MiB  3 MiB  3 MiB  3 MiB  3 MiB',
        '',
        'Counters, by average',
        '                                                           count  total  average',
        'hits                                                           1      2        2',
        '',
        'Recent activity',
        '  2026-01-01 00:00:00         3 ms  load_time  (api)',
        '  2026-01-01 00:01:30        3 MiB  heap  (api)',
        '  2026-01-01 00:01:30            2  hits  (unknown)',
        '',
        'Losses',
        '  1 dropped (not finite)',
        '',
      ].join('\n'),
    );
  });

  test('shows the top ten by average, greatest first', () => {
    const collector = newCollector();
    for (let i = 0; i < 25; i++) collector.recordMemory(`m${i}`, i);
    const lines = print(collector).split('\n');
    const at = lines.indexOf('Memory (top 10 of 25 by average)');
    expect(lines.slice(at + 2, at + 12).map((line) => line.split(' ')[0])).toEqual(
      [24, 23, 22, 21, 20, 19, 18, 17, 16, 15].map((i) => `m${i}`),
    );
    expect(lines[at + 12]).toBe('');
  });

  test('leaves out metrics whose window is empty', () => {
    const clock = new ManualClock();
    const collector = new CentralizedMetricsCollector({ clock, windowMaxAgeMillis: 10, historySize: 0 });
    collector.recordMemory('old', 1);
    clock.advance(11);
    collector.recordMemory('new', 1);
    expect(print(collector)).toMatch(/^new /m);
    expect(print(collector)).not.toMatch(/^old /m);
  });

  const widths = [
    [0, 80],
    [NaN, 80],
    [10, 72],
    [-5, 72],
    [100.5, 100],
    [Infinity, 500],
  ];
  test.each(widths)('for a terminal of %p columns takes %p', (width, taken) => {
    const lines = formatReport(createReport(newCollector(), {}), { width }).split('\n');
    expect(lines[1]!).toHaveLength(taken);
  });
});
