import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { diag, ValueType } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, type Histogram } from '@opentelemetry/sdk-metrics';
import { DEFAULT_TIME_BOUNDARIES } from '../../src/model/instrument-mapping.ts';
import { MetricType } from '../../src/model/metric-type.ts';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';
import { SELF_SCOPE } from '../../src/record/instruments.ts';
import { ManualClock } from '../model/manual-clock.ts';
import { catchDiag, meterProvider } from './otel.ts';

let warnings: string[];
beforeEach(() => {
  warnings = catchDiag();
});
afterEach(() => diag.disable());

function setUp() {
  const clock = new ManualClock();
  const otel = meterProvider();
  return { ...otel, clock, collector: new CentralizedMetricsCollector({ meterProvider: otel.provider, clock }) };
}

describe('a value that is recorded', () => {
  test.each([
    [MetricType.TIME, DataPointType.HISTOGRAM, 's'],
    [MetricType.THROUGHPUT, DataPointType.GAUGE, '{item}/s'],
    [MetricType.MEMORY, DataPointType.GAUGE, 'By'],
    [MetricType.COUNTER, DataPointType.SUM, ''],
    [MetricType.RATIO, DataPointType.GAUGE, '1'],
    [MetricType.PERCENTAGE, DataPointType.GAUGE, '%'],
    [MetricType.CUSTOM, DataPointType.GAUGE, ''],
  ])('as %s reaches OpenTelemetry with its instrument and unit', async (type, dataPointType, unit) => {
    const { collector, collect } = setUp();
    collector.recordMetric('m', 0.5, type, 'src', { shard: 1 });
    const [data] = await collect('src');
    expect(data).toMatchObject({ dataPointType, descriptor: { name: 'm', unit, valueType: ValueType.DOUBLE } });
    expect(data!.aggregationTemporality).toBe(AggregationTemporality.CUMULATIVE);
    expect(data!.dataPoints).toHaveLength(1);
    expect(data!.dataPoints[0]!.attributes).toEqual({ shard: 1 });
  });

  test('lands in window, history and OpenTelemetry, and carries no attribute that nobody asked for', async () => {
    const { collector, points, clock } = setUp();
    clock.advance(1500);
    collector.recordMetric('m', 7, 'memory');
    expect(collector.getMetrics()).toEqual([
      { name: 'm', value: 7, type: 'memory', timestamp: 1_767_225_601.5, source: 'unknown', tags: {} },
    ]);
    expect(collector.getMetricStats('m')).toMatchObject({ count: 1, average: 7 });
    expect(await points('unknown', 'm')).toEqual([expect.objectContaining({ value: 7, attributes: {} })]);
  });

  test('the calls for one type record that type', async () => {
    const { collector, points } = setUp();
    collector.recordTiming('load', 0.2, 's');
    collector.recordCounter('hits', undefined, 's');
    collector.recordCounter('hits', 4, 's');
    collector.recordMemory('heap', -12, 's', { kind: 'delta' });
    collector.recordThroughput('rows', 250, 's', undefined, 500);
    expect(collector.getMetrics().map(({ name, value, type, tags }) => [name, value, type, tags])).toEqual([
      ['load_time', 0.2, 'time', { operation: 'load' }],
      ['hits', 1, 'counter', {}],
      ['hits', 4, 'counter', {}],
      ['heap', -12, 'memory', { kind: 'delta' }],
      ['rows', 250, 'throughput', {}],
      ['rows_items', 500, 'counter', {}],
    ]);
    expect((await points('s', 'hits'))[0]!.value).toBe(5);
    expect((await points('s', 'rows_items'))[0]!.value).toBe(500);
  });

  test('times have bucket bounds for seconds, or those that were asked for', async () => {
    const { collector, points, provider } = setUp();
    collector.recordMetric('a', 0.5, 'time', 's');
    new CentralizedMetricsCollector({ meterProvider: provider, timeBoundaries: [1, 2] }).recordMetric('b', 0.5, 'time', 's');
    expect(((await points('s', 'a'))[0]!.value as Histogram).buckets.boundaries).toEqual(DEFAULT_TIME_BOUNDARIES);
    expect(((await points('s', 'b'))[0]!.value as Histogram).buckets).toEqual({ boundaries: [1, 2], counts: [1, 0, 0] });
  });

  test('a word as type is taken in any case; an unknown one counts as custom and is warned of once', () => {
    const { collector } = setUp();
    collector.recordMetric('m', 1, 'Memory');
    collector.recordMetric('m', 2, 'nonsense');
    collector.recordMetric('m', 3, 'nonsense');
    expect(collector.getMetrics().map(({ type }) => type)).toEqual(['memory', 'custom', 'custom']);
    expect(warnings).toEqual(['otel-perf: unknown metric type "nonsense" is recorded as custom']);
  });

  test('a caller that knows the time passes it, and a time that is none is not taken', () => {
    const { collector, clock } = setUp();
    clock.advance(1000);
    const series = collector.series({ name: 'm' });
    series.record(1, 500);
    series.record(2, NaN);
    expect(collector.getMetrics().map(({ timestamp }) => timestamp)).toEqual([1_767_225_600.5, 1_767_225_601]);
  });
});

describe('a bad value', () => {
  const bad: [string, unknown, MetricType, string][] = [
    ['NaN', NaN, 'memory', 'not_finite'],
    ['Infinity', Infinity, 'time', 'not_finite'],
    ['-Infinity', -Infinity, 'custom', 'not_finite'],
    ['a string', '5', 'counter', 'not_a_number'],
    ['a bigint', 5n, 'counter', 'not_a_number'],
    ['undefined', undefined, 'time', 'not_a_number'],
    ['null', null, 'time', 'not_a_number'],
    ['an object', { valueOf: () => 1 }, 'time', 'not_a_number'],
    ['a negative time', -1, 'time', 'negative'],
    ['a negative counter', -1, 'counter', 'negative'],
    ['a negative throughput', -1e-9, 'throughput', 'negative'],
  ];

  test.each(bad)('%s is dropped, warned of once and counted', async (_, value, type, reason) => {
    const { collector, points } = setUp();
    collector.recordMetric('m', 1, type, 's');
    const before = await points('s', 'm');
    collector.recordMetric('m', value as number, type, 's');
    collector.recordMetric('m', value as number, type, 's');
    expect(collector.getMetrics().map((metric) => metric.value)).toEqual([1]);
    expect(collector.getMetricStats('m')).toMatchObject({ count: 1, seen: 1, total: 1 });
    expect((await points('s', 'm')).map((point) => point.value)).toEqual(before.map((point) => point.value));
    expect(collector.getLosses().dropped).toEqual({ [reason]: 2 });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/dropped a measurement of "m"/);
    expect(await points(SELF_SCOPE, 'otel_perf.measurements.dropped')).toEqual([
      expect.objectContaining({ value: 2, attributes: { reason } }),
    ]);
  });

  test('is warned of once for each metric and reason', () => {
    const { collector } = setUp();
    for (const name of ['a', 'b', 'a', 'b']) for (const value of [NaN, -1]) collector.recordCounter(name, value);
    expect(warnings).toHaveLength(4);
    expect(collector.getLosses().dropped).toEqual({ not_finite: 4, negative: 4 });
  });

  test('of a metric that may be negative is none', () => {
    const { collector } = setUp();
    for (const type of [MetricType.MEMORY, MetricType.RATIO, MetricType.PERCENTAGE, MetricType.CUSTOM])
      collector.recordMetric('m', -1, type);
    expect(collector.getLosses().dropped).toEqual({});
  });

  test('leaves no statistics behind', () => {
    const { collector } = setUp();
    collector.recordMetric('m', NaN, 'custom');
    expect([collector.getMetricStats('m'), collector.getAllMetricStats().size]).toEqual([undefined, 0]);
  });
});

describe('recording never throws into the caller', () => {
  const throwing = {
    get tag(): string {
      throw new Error('hostile');
    },
  };
  const calls: [string, (collector: CentralizedMetricsCollector) => void][] = [
    ['null as tags', (c) => c.recordMetric('m', 1, 'custom', 's', null as never)],
    ['a getter that throws among the tags', (c) => c.recordMetric('m', 1, 'custom', 's', throwing)],
    ['no type', (c) => c.recordMetric('m', 1, undefined as never)],
    ['a symbol as name', (c) => c.recordMetric(Symbol('m') as never, 1, 'custom')],
    ['an object without a text as name', (c) => c.recordMetric(Object.create(null), 1, 'custom')],
    ['a symbol as operation', (c) => c.recordTiming(Symbol('m') as never, 1)],
    ['a symbol as source', (c) => c.recordCounter('m', 1, Symbol('s') as never)],
    ['a symbol as name of a throughput', (c) => c.recordThroughput(Symbol('m') as never, 1, 's', undefined, 1)],
  ];

  test.each(calls)('%s', (_, call) => {
    const { collector } = setUp();
    expect(() => call(collector)).not.toThrow();
    collector.recordMetric('good', 1, 'custom');
    expect(collector.getMetrics().at(-1)!.name).toBe('good');
    // Either it was recorded all the same, or the loss is counted.
    const { dropped } = collector.getLosses();
    expect(collector.getMetrics().length - 1 + Object.values(dropped).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0);
  });

  test('an instrument that throws is counted, and costs window and history nothing', () => {
    const { provider } = meterProvider();
    const getMeter = () => {
      throw new Error('broken provider');
    };
    const collector = new CentralizedMetricsCollector({ meterProvider: Object.assign(Object.create(provider), { getMeter }) });
    collector.recordCounter('m', 3);
    expect(collector.getMetricStats('m')).toMatchObject({ total: 3 });
    expect(collector.getMetrics()).toHaveLength(1);
    expect(collector.getLosses().dropped).toEqual({ instrument_error: 1 });
  });
});

describe('tags', () => {
  test('are copied, and values that are no tags are left out', async () => {
    const { collector, points } = setUp();
    const tags: Record<string, unknown> = { b: 'x', a: 1, bad: NaN, list: [1], nothing: undefined, no: null, flag: false };
    const series = collector.series({ name: 'm', source: 's', tags });
    tags['b'] = 'changed';
    series.record(1);
    expect(collector.getMetrics()[0]!.tags).toEqual({ a: 1, b: 'x', flag: false });
    expect((await points('s', 'm'))[0]!.attributes).toEqual({ a: 1, b: 'x', flag: false });
  });

  test('the same description gives the same handle', () => {
    const { collector } = setUp();
    const series = collector.series({ name: 'm', type: 'TIME', source: 's', tags: { a: 1, b: 2 } });
    expect(collector.series({ name: 'm', type: 'time', source: 's', tags: { b: 2, a: 1 } })).toBe(series);
    expect(collector.series({ name: 'm', type: 'time', source: 's', tags: { a: '1', b: 2 } })).not.toBe(series);
    expect(collector.series({ name: 'm', source: 's' })).toBe(collector.series({ name: 'm', source: 's', tags: {} }));
    expect(collector.series({ name: 'm', source: 's' })).not.toBe(collector.series({ name: 'm', source: 't' }));
  });
});

describe('while disabled', () => {
  test('nothing is recorded, counted or looked at, and what was recorded stays', async () => {
    const { collector, points } = setUp();
    const series = collector.series({ name: 'm', source: 's', type: 'counter' });
    series.record(1);
    collector.disable();
    expect([collector.enabled, series.enabled]).toEqual([false, false]);
    series.record(2);
    series.record(NaN);
    collector.recordCounter('other', 1);
    collector.recordTiming(
      {
        toString: () => {
          throw new Error('looked at');
        },
      } as never,
      1,
    );
    collector.recordMetric('m', 1, 'nonsense', 's', {
      get tag() {
        throw new Error('looked at');
      },
    });
    expect(collector.getMetrics().map(({ value }) => value)).toEqual([1]);
    expect([collector.getLosses().dropped, warnings]).toEqual([{}, []]);
    collector.enable();
    series.record(4);
    expect((await points('s', 'm'))[0]!.value).toBe(5);
  });

  test('from the start: the option, and no clock is read', () => {
    let reads = 0;
    const clock = { timeOrigin: 0, now: () => reads++ };
    const collector = new CentralizedMetricsCollector({ enabled: false, clock });
    const series = collector.series({ name: 'm' });
    reads = 0;
    series.record(1);
    collector.recordTiming('m', 1);
    expect(reads).toBe(0);
    expect(collector.getMetrics()).toEqual([]);
  });
});

describe('reading', () => {
  test('newest limit oldest first, latest by type, one metric newest first', () => {
    const { collector } = setUp();
    for (let i = 0; i < 6; i++) collector.recordMetric(i % 2 === 0 ? 'even' : 'odd', i, i < 3 ? 'memory' : 'ratio');
    const values = (metrics: readonly { value: number }[]) => metrics.map(({ value }) => value);
    expect(values(collector.getMetrics())).toEqual([0, 1, 2, 3, 4, 5]);
    expect(values(collector.getMetrics(undefined, 2))).toEqual([4, 5]);
    expect(values(collector.getMetrics(({ name }) => name === 'even', 2))).toEqual([2, 4]);
    expect(values(collector.getLatestMetrics(2))).toEqual([4, 5]);
    expect(values(collector.getLatestMetrics(2, 'memory'))).toEqual([1, 2]);
    expect(values(collector.getMetricHistory('odd', 2))).toEqual([5, 3]);
    expect(collector.getMetrics(undefined, 0)).toEqual([]);
  });

  test('a predicate may record, clear and disable while it is asked', () => {
    const clock = new ManualClock();
    const collector = new CentralizedMetricsCollector({ historySize: 5000, clock });
    for (let i = 0; i < 5000; i++) collector.recordMetric('m', i, 'custom');
    const values = collector.getMetrics((metric) => {
      collector.recordMetric('from predicate', -1, 'custom');
      return metric.name === 'm';
    });
    // Half of them were overwritten before they could be read; no value is read twice or made up.
    expect(values.map(({ value }) => value)).toEqual(Array.from({ length: values.length }, (_, i) => 5000 - values.length + i));
    expect(values.length).toBeGreaterThanOrEqual(2499);
    const cleared = collector.getMetrics(() => {
      collector.clearMetrics();
      return true;
    });
    expect(cleared.length).toBeLessThanOrEqual(1);
  });
});
