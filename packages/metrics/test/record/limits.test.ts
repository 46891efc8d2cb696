import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { diag } from '@opentelemetry/api';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';
import type { CollectorOptions } from '../../src/record/collector-options.ts';
import { SELF_SCOPE } from '../../src/record/instruments.ts';
import { ManualClock } from '../model/manual-clock.ts';
import { catchDiag, meterProvider } from './otel.ts';

let warnings: string[];
beforeEach(() => {
  warnings = catchDiag();
});
afterEach(() => diag.disable());

function setUp(options: CollectorOptions = {}) {
  const otel = meterProvider();
  const clock = new ManualClock();
  return { ...otel, clock, collector: new CentralizedMetricsCollector({ meterProvider: otel.provider, clock, ...options }) };
}

describe('series beyond maxSeriesPerName', () => {
  test('are folded into one overflow series before OpenTelemetry sees them, and counted', async () => {
    const { collector, points } = setUp({ maxSeriesPerName: 3 });
    for (let user = 0; user < 10; user++) collector.recordCounter('m', 1, 's', { user });
    const all = await points('s', 'm');
    expect(all.map(({ attributes, value }) => [attributes, value])).toEqual([
      [{ user: 0 }, 1],
      [{ user: 1 }, 1],
      [{ user: 2 }, 1],
      [{ 'otel.metric.overflow': true }, 7],
    ]);
    expect(collector.getLosses().overflowed).toBe(7);
    expect((await points(SELF_SCOPE, 'otel_perf.measurements.overflowed'))[0]!.value).toBe(7);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/"m" has as many series as it may/);
    expect(collector.getMetricStats('m')).toMatchObject({ count: 10, total: 10 });
    expect(collector.getMetrics().at(-1)!.tags).toEqual({ 'otel.metric.overflow': true });
  });

  test('do not stop the series that are known, nor other metrics', async () => {
    const { collector, points } = setUp({ maxSeriesPerName: 1 });
    for (const user of ['a', 'b', 'a']) collector.recordCounter('m', 1, 's', { user });
    collector.recordCounter('other', 1, 's', { user: 'z' });
    expect((await points('s', 'm')).map(({ value }) => value)).toEqual([2, 1]);
    expect((await points('s', 'other'))[0]!.attributes).toEqual({ user: 'z' });
  });

  test('are bounded whatever makes them differ: tags, source or type', async () => {
    const { collector } = setUp({ maxSeriesPerName: 2 });
    for (let i = 0; i < 50; i++) {
      collector.recordMetric('m', 1, 'memory', `source ${i}`);
      collector.recordMetric('m', 1, 'ratio', 's', { i });
    }
    // Two, and one overflow series for each type.
    expect(collector.allSeries()).toHaveLength(4);
    expect(collector.getLosses().overflowed).toBe(98);
  });
});

test('series beyond maxSeries in all are folded per name, and each name keeps its first', () => {
  const { collector } = setUp({ maxSeries: 4 });
  for (const name of ['a', 'b', 'c']) for (let user = 0; user < 3; user++) collector.recordCounter(name, 1, 's', { user });
  const tags = collector.getMetrics().map((metric) => [metric.name, metric.tags['user'] ?? 'overflow']);
  expect(tags).toEqual([
    ['a', 0],
    ['a', 1],
    ['a', 2],
    ['b', 0],
    ['b', 'overflow'],
    ['b', 'overflow'],
    ['c', 0],
    ['c', 'overflow'],
    ['c', 'overflow'],
  ]);
  expect(collector.getLosses().overflowed).toBe(4);
});

describe('names beyond maxNames', () => {
  test('are dropped and counted, and their handles stay usable', () => {
    const { collector } = setUp({ maxNames: 2 });
    for (const name of ['a', 'b', 'c', 'd', 'a']) collector.recordCounter(name, 1);
    collector.series({ name: 'e' }).record(1);
    expect(collector.getMetrics().map(({ name }) => name)).toEqual(['a', 'b', 'a']);
    expect([...collector.getAllMetricStats().keys()]).toEqual(['a', 'b']);
    expect(collector.getLosses().dropped).toEqual({ name_limit: 3 });
    expect(warnings).toHaveLength(1);
    expect(collector.allSeries()).toHaveLength(2);
  });
});

describe('how often a metric is recorded', () => {
  test('a minimum interval leaves out what comes too soon', async () => {
    const { collector, clock, points } = setUp();
    const series = collector.series({ name: 'm', type: 'memory', source: 's', minIntervalMillis: 100 });
    for (let i = 0; i < 30; i++) {
      series.record(i);
      clock.advance(10);
    }
    expect(collector.getMetrics().map(({ value }) => value)).toEqual([0, 10, 20]);
    expect(collector.getLosses().skipped).toEqual({ interval: 27 });
    expect((await points(SELF_SCOPE, 'otel_perf.measurements.skipped'))[0]).toMatchObject({
      value: 27,
      attributes: { reason: 'interval' },
    });
  });

  test('a sampling ratio records that share', () => {
    const draws = [0.1, 0.5, 0.24, 0.25, 0.9];
    jest.spyOn(Math, 'random').mockImplementation(() => draws.shift()!);
    const { collector } = setUp();
    const series = collector.series({ name: 'm', sampleRatio: 0.25 });
    for (let i = 0; i < 5; i++) series.record(i);
    expect(collector.getMetrics().map(({ value }) => value)).toEqual([0, 2]);
    expect(collector.getLosses().skipped).toEqual({ sampled: 3 });
  });

  test('a counter that is thinned out still counts everything in OpenTelemetry', async () => {
    const { collector, points } = setUp();
    const series = collector.series({ name: 'm', type: 'counter', source: 's', minIntervalMillis: 100 });
    for (let i = 0; i < 5; i++) series.record(2);
    expect((await points('s', 'm'))[0]!.value).toBe(10);
    expect(collector.getMetrics()).toHaveLength(1);
  });

  test('bad values are dropped, not skipped', () => {
    const { collector } = setUp();
    const series = collector.series({ name: 'm', minIntervalMillis: 100 });
    series.record(NaN);
    series.record(1);
    expect([collector.getMetrics().length, collector.getLosses().skipped]).toEqual([1, {}]);
  });

  test('the first rule that matches the name holds, and what the series asks for comes before it', () => {
    const { collector, clock } = setUp({
      frequencies: [
        { name: 'http.slow', minIntervalMillis: 0 },
        { name: 'http.*', minIntervalMillis: 100 },
      ],
    });
    const own = collector.series({ name: 'http.own', minIntervalMillis: 20 });
    for (let i = 0; i < 4; i++) {
      for (const name of ['http.slow', 'http.fast', 'db']) collector.recordMetric(name, 1, 'custom');
      own.record(1);
      clock.advance(10);
    }
    expect(['http.slow', 'http.fast', 'db', 'http.own'].map((name) => collector.getMetricStats(name)?.count)).toEqual([4, 1, 4, 2]);
  });
});

describe('what is kept', () => {
  test('the history is bounded by count and by age', () => {
    const { collector, clock } = setUp({ historySize: 3, historyMaxAgeMillis: 100 });
    for (let i = 0; i < 5; i++) collector.recordMetric('m', i, 'custom');
    expect(collector.getMetrics().map(({ value }) => value)).toEqual([2, 3, 4]);
    expect(collector.getLosses().evicted).toBe(2);
    clock.advance(101);
    expect(collector.getMetrics()).toEqual([]);
    expect(collector.getLosses().evicted).toBe(5);
  });

  test('a window by time is empty after a gap, and says so', () => {
    const { collector, clock } = setUp({ windowMaxAgeMillis: 100 });
    collector.recordMetric('m', 1, 'custom');
    clock.advance(101);
    expect(collector.getMetricStats('m')).toEqual({ count: 0, seen: 1, total: 0, percentiles: {} });
  });

  test('windows and history can be switched off, each by itself', async () => {
    const { collector, points } = setUp({ windowSize: 0, historySize: 0 });
    collector.recordMetric('m', 1, 'memory', 's');
    expect([collector.getMetrics(), collector.getMetricStats('m'), collector.getAllMetricStats().size]).toEqual([[], undefined, 0]);
    expect((await points('s', 'm'))[0]!.value).toBe(1);
  });

  test('configure keeps the newest of what fits, also for handles that exist', () => {
    const { collector } = setUp();
    const series = collector.series({ name: 'm' });
    for (let i = 0; i < 10; i++) series.record(i);
    collector.configure({ windowSize: 3, historySize: 4 });
    series.record(10);
    expect(collector.getMetricStats('m')).toMatchObject({ count: 3, seen: 11, min: 8, max: 10 });
    expect(collector.getMetrics().map(({ value }) => value)).toEqual([7, 8, 9, 10]);
    expect(collector.getLosses().evicted).toBe(7);
    collector.configure({ windowSize: 100 });
    series.record(11);
    expect(collector.getMetricStats('m')).toMatchObject({ count: 4, seen: 12 });
    expect(collector.getMetrics()).toHaveLength(4);
  });

  test('evictions are remembered while the history is switched off and after', () => {
    const { collector } = setUp({ historySize: 2 });
    for (let i = 0; i < 5; i++) collector.recordMetric('m', i, 'custom');
    collector.configure({ historySize: 0 });
    expect(collector.getLosses().evicted).toBe(5);
    collector.configure({ historySize: 2 });
    collector.recordMetric('m', 5, 'custom');
    expect([collector.getLosses().evicted, collector.getMetrics().length]).toEqual([5, 1]);
  });

  test('a bad option changes nothing', () => {
    const { collector } = setUp();
    collector.recordMetric('m', 1, 'custom');
    expect(() => collector.configure({ windowSize: 5, historySize: -1 })).toThrow(RangeError);
    for (let i = 0; i < 10; i++) collector.recordMetric('m', 1, 'custom');
    expect(collector.getMetricStats('m')!.count).toBe(11);
  });

  test('clearing empties windows and history, and handles stay good', () => {
    const { collector } = setUp();
    const series = collector.series({ name: 'm' });
    series.record(1);
    collector.clearMetrics();
    expect([collector.getMetrics(), collector.getMetricStats('m')]).toEqual([[], undefined]);
    series.record(2);
    expect([collector.getMetrics().length, collector.getMetricStats('m')!.total]).toEqual([1, 2]);
    expect(collector.getLosses().evicted).toBe(1);
  });
});

describe('bad options throw at construction, naming option and bound', () => {
  test.each<[CollectorOptions, RegExp]>([
    [{ windowSize: -1 }, /^windowSize must be an integer from 0 to /],
    [{ windowMaxAgeMillis: 0 }, /^windowMaxAgeMillis must be /],
    [{ historySize: 2 ** 31 }, /^historySize must be an integer from 0 to /],
    [{ historyMaxAgeMillis: -5 }, /^historyMaxAgeMillis must be /],
    [{ maxNames: 0 }, /^maxNames must be an integer of at least 1/],
    [{ maxSeriesPerName: 1.5 }, /^maxSeriesPerName must be an integer of at least 1/],
    [{ timeBoundaries: [] }, /^timeBoundaries must be finite numbers in strictly rising order, at least one/],
    [{ timeBoundaries: [2, 1] }, /^timeBoundaries must be /],
    [{ frequencies: [{ name: '*', sampleRatio: 0 }] }, /^sampleRatio must be a number from .* to 1/],
    [{ frequencies: [{ name: '*', minIntervalMillis: -1 }] }, /^minIntervalMillis must be a number from 0 to /],
    [{ frequencies: [{ sampleRatio: 0.5 } as never] }, /^frequencies: name must be a pattern/],
  ])('%j', (options, message) => expect(() => new CentralizedMetricsCollector(options)).toThrow(message));

  test('so does a frequency of a series', () => {
    const { collector } = setUp();
    expect(() => collector.series({ name: 'm', sampleRatio: 2 })).toThrow(/^sampleRatio must be /);
    expect(() => collector.series({ name: 'm', minIntervalMillis: Infinity })).toThrow(/^minIntervalMillis must be /);
  });
});
