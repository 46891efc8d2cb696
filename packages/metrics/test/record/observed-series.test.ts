import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { diag, metrics } from '@opentelemetry/api';
import { DataPointType, MeterProvider } from '@opentelemetry/sdk-metrics';
import { createReport } from '../../src/report/report.ts';
import { PrometheusTextSerializer } from '../../src/export/prometheus/index.ts';
import { MetricType } from '../../src/model/metric-type.ts';
import { PerformanceMetricReader } from '../../src/read/reader.ts';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';
import { setUp } from '../read/set-up.ts';
import { catchDiag, meterProvider } from './otel.ts';

let warnings: string[];
beforeEach(() => {
  warnings = catchDiag();
});
afterEach(() => {
  metrics.disable();
  diag.disable();
});

/** Name, value and tags of the metrics of source `s` in a snapshot. */
async function shown(reader: PerformanceMetricReader) {
  const snapshot = await reader.snapshot((metric) => metric.source === 's');
  return snapshot.map(({ name, value, type, tags }) => ({ name, value, type, tags }));
}

const text = async (reader: PerformanceMetricReader) => {
  const { resourceMetrics } = await reader.collect();
  const lines = new PrometheusTextSerializer().serialize(resourceMetrics).split('\n');
  return lines.filter((line) => /^(# TYPE )?m/.test(line)).map((line) => line.replace(/,?otel_scope_[a-z_]+="[^"]*"/g, ''));
};

describe('an observed series', () => {
  test('is read when somebody collects, and not before', async () => {
    const { collector, reader, provider } = setUp();
    let reads = 0;
    let used = 5;
    const series = collector.observe({ name: 'm', type: 'memory', source: 's', tags: { pool: 'a' } }, () => (reads++, used));
    expect(series).toMatchObject({ name: 'm', type: 'memory', source: 's', tags: { pool: 'a' } });
    expect([reads, collector.getMetrics()]).toEqual([0, []]);
    expect(await shown(reader)).toEqual([{ name: 'm', value: 5, type: MetricType.MEMORY, tags: { pool: 'a' } }]);
    used = 7;
    expect(await shown(reader)).toEqual([{ name: 'm', value: 7, type: MetricType.MEMORY, tags: { pool: 'a' } }]);
    expect(reads).toBe(2);
    expect(warnings).toEqual([]);
    await provider.shutdown();
  });

  test.each(Object.values(MetricType))('of type %s is in the Prometheus text as one that is recorded is', async (type) => {
    const recorded = setUp();
    const observed = setUp();
    recorded.collector.recordMetric('m', 3, type, 's', { a: 1 });
    observed.collector.observe({ name: 'm', type, source: 's', tags: { a: 1 } }, () => 3);
    const lines = await text(observed.reader);
    if (type === MetricType.TIME) expect(lines).toEqual(['# TYPE m_seconds gauge', 'm_seconds{a="1"} 3']);
    else expect(lines).toEqual(await text(recorded.reader));
    await Promise.all([recorded.provider.shutdown(), observed.provider.shutdown()]);
  });

  test('is an observable counter or gauge of its type unit', async () => {
    const { provider, collect } = meterProvider();
    const collector = new CentralizedMetricsCollector({ meterProvider: provider });
    collector.observe({ name: 'count', type: 'counter', source: 's' }, () => 1);
    collector.observe({ name: 'bytes', type: 'memory', source: 's' }, () => 1);
    const [count, bytes] = await collect('s');
    expect(count).toMatchObject({ dataPointType: DataPointType.SUM, isMonotonic: true, descriptor: { unit: '' } });
    expect(bytes).toMatchObject({ dataPointType: DataPointType.GAUGE, descriptor: { unit: 'By' } });
  });

  test('is in window, history and report with what the reader collected; of a counter, with its growth', async () => {
    const { collector, reader, provider } = setUp();
    let count = 3;
    collector.observe({ name: 'm', type: 'counter', source: 's' }, () => count);
    await reader.collect();
    count = 10;
    await reader.collect();
    await reader.collect();
    expect(collector.getMetrics().map(({ value }) => value)).toEqual([3, 7]);
    const report = await reader.report();
    expect(report.statistics.filter(({ name }) => name === 'm')).toMatchObject([{ sources: ['s'], exact: true, stats: { total: 10 } }]);
    expect(createReport(collector).summary.totalMetrics).toBe(2);
    await provider.shutdown();
  });

  test('is sampled into window and history without a reader, of a counter by its growth', () => {
    const collector = new CentralizedMetricsCollector();
    let value = 4;
    const gauge = collector.observe({ name: 'g', type: 'memory', source: 's' }, () => value);
    const counter = collector.observe({ name: 'c', type: 'counter', source: 's' }, () => value);
    for (value of [4, 4, 9]) {
      gauge.sample();
      counter.sample(performance.now());
    }
    const of = (name: string) => collector.getMetricHistory(name).map((metric) => metric.value);
    expect([of('g').reverse(), of('c').reverse()]).toEqual([
      [4, 4, 9],
      [4, 5],
    ]);
  });

  test('is in a report of the collector as of now; what has not changed is no further event', () => {
    const collector = new CentralizedMetricsCollector();
    let value = 4;
    collector.observe({ name: 'g', type: 'memory', source: 's' }, () => value);
    collector.observe({ name: 'c', type: 'counter', source: 's' }, () => value);
    const reported = () => collector.report().statistics.map(({ name, stats }) => [name, stats.count, stats.lastValue, stats.total]);
    for (let i = 0; i < 3; i++)
      expect(reported()).toEqual([
        ['g', 1, 4, 4],
        ['c', 1, 4, 4],
      ]);
    value = 6;
    expect(reported()).toEqual([
      ['g', 2, 6, 10],
      ['c', 2, 2, 6],
    ]);
    expect(collector.report().summary.totalMetrics).toBe(4);
  });

  test('sampled and collected counts once in window and history, and in full in OpenTelemetry', async () => {
    const { collector, reader, provider } = setUp();
    let count = 1;
    const series = collector.observe({ name: 'm', type: 'counter', source: 's' }, () => count);
    series.sample();
    await reader.collect();
    count = 5;
    series.sample();
    expect(await shown(reader)).toMatchObject([{ name: 'm', value: 5 }]);
    expect(collector.getMetricStats('m')).toMatchObject({ total: 5 });
    await provider.shutdown();
  });

  test('that is a counter does not fall: what falls has begun anew, and counts on', async () => {
    const { collector, reader, provider } = setUp();
    let count = 8;
    collector.observe({ name: 'm', type: 'counter', source: 's' }, () => count);
    await reader.collect();
    count = 2;
    expect(await shown(reader)).toMatchObject([{ value: 10 }]);
    expect(collector.getMetricStats('m')).toMatchObject({ total: 10 });
    await provider.shutdown();
  });

  test('observed by several: counters add up, of another type the newest is heard', async () => {
    const { collector, reader, provider } = setUp();
    const observe = (name: string, type: string, value: number) => collector.observe({ name, type, source: 's' }, () => value);
    observe('c', 'counter', 1);
    const second = observe('c', 'counter', 2);
    observe('g', 'ratio', 0.25);
    const newest = observe('g', 'ratio', 0.5);
    const values = async () => (await shown(reader)).map(({ value }) => value);
    expect(await values()).toEqual([3, 0.5]);
    second.stop();
    newest.stop();
    expect(await values()).toEqual([3, 0.25]);
    await provider.shutdown();
  });

  test('of two collectors of one provider is shown as one', async () => {
    const { collector, reader, provider } = setUp();
    const other = new CentralizedMetricsCollector({ meterProvider: provider });
    for (const [each, value] of [
      [collector, 1],
      [other, 2],
    ] as const)
      each.observe({ name: 'c', type: 'counter', source: 's' }, () => value);
    for (const _ of [1, 2, 3]) expect(await shown(reader)).toMatchObject([{ value: 3 }]);
    await provider.shutdown();
  });

  test('that is stopped is read no more; a counter keeps its last total and goes on from there', async () => {
    const { collector, reader, provider } = setUp();
    let reads = 0;
    let count = 3;
    const series = collector.observe({ name: 'm', type: 'counter', source: 's' }, () => (reads++, count));
    await reader.collect();
    count = 4;
    series.stop();
    series.stop();
    series.sample();
    const before = reads;
    expect(await shown(reader)).toMatchObject([{ value: 4 }]);
    expect(reads).toBe(before);
    collector.observe({ name: 'm', type: 'counter', source: 's' }, () => 1);
    expect(await shown(reader)).toMatchObject([{ value: 5 }]);
    expect(collector.getMetricStats('m')).toMatchObject({ total: 5 });
    await provider.shutdown();
  });

  test('and a recorded one of the same name are two instruments of the same metric', async () => {
    const { collector, reader, provider } = setUp();
    collector.recordCounter('m', 1, 's');
    collector.observe({ name: 'm', type: 'counter', source: 's' }, () => 20);
    expect(await shown(reader)).toMatchObject([
      { name: 'm', value: 1 },
      { name: 'm', value: 20 },
    ]);
    expect(warnings).toEqual([]);
    await provider.shutdown();
  });
});

describe('the meter provider of an observed series', () => {
  test('may appear later: the reader attaches before it collects', async () => {
    const collector = new CentralizedMetricsCollector();
    collector.observe({ name: 'm', type: 'counter', source: 's' }, () => 2);
    const reader = new PerformanceMetricReader({ collector });
    const provider = new MeterProvider({ readers: [reader] });
    metrics.setGlobalMeterProvider(provider);
    expect(await shown(reader)).toMatchObject([{ name: 'm', value: 2 }]);
    await provider.shutdown();
  });

  test('of any reader is found by a sample, or when another series is observed', async () => {
    const collector = new CentralizedMetricsCollector();
    const series = collector.observe({ name: 'm', type: 'counter', source: 's' }, () => 2);
    const first = meterProvider();
    metrics.setGlobalMeterProvider(first.provider);
    expect(await first.points('s', 'm')).toEqual([]);
    series.sample();
    expect(await first.points('s', 'm')).toMatchObject([{ value: 2 }]);
    const second = meterProvider();
    metrics.disable();
    metrics.setGlobalMeterProvider(second.provider);
    collector.observe({ name: 'n', type: 'counter', source: 's' }, () => 3);
    expect([await second.points('s', 'm'), await second.points('s', 'n')]).toMatchObject([[{ value: 2 }], [{ value: 3 }]]);
  });

  test('that is replaced hears no more of it, and may come back', async () => {
    const collector = new CentralizedMetricsCollector();
    let value = 1;
    const series = collector.observe({ name: 'm', type: 'memory', source: 's' }, () => value);
    const [first, second] = [meterProvider(), meterProvider()];
    for (const { provider } of [first, second]) {
      metrics.disable();
      metrics.setGlobalMeterProvider(provider);
      series.sample();
    }
    value = 2;
    expect([await first.points('s', 'm'), await second.points('s', 'm')]).toMatchObject([[], [{ value: 2 }]]);
    metrics.disable();
    metrics.setGlobalMeterProvider(first.provider);
    series.sample();
    expect(await first.points('s', 'm')).toMatchObject([{ value: 2 }]);
    expect(warnings).toEqual([]);
  });
});

describe('what cannot be observed', () => {
  test.each([
    [
      'a read that throws',
      'unreadable',
      () => {
        throw new Error('gone');
      },
    ],
    [
      'a read that throws what is no text',
      'unreadable',
      () => {
        throw Object.create(null);
      },
    ],
    ['no number', 'not_a_number', () => '3' as never],
    ['not finite', 'not_finite', () => NaN],
    ['below 0', 'negative', () => -1],
  ])('%s is dropped and counted, and costs no other series', async (_what, reason, read) => {
    const { collector, reader, provider } = setUp();
    const series = collector.observe({ name: 'bad', type: 'counter', source: 's' }, read);
    collector.observe({ name: 'good', type: 'counter', source: 's' }, () => 1);
    expect(await shown(reader)).toMatchObject([{ name: 'good', value: 1 }]);
    expect(collector.getLosses().dropped).toEqual({ [reason]: 1 });
    expect(() => series.sample()).not.toThrow();
    expect(collector.getLosses().dropped).toEqual({ [reason]: 2 });
    expect(warnings).toHaveLength(1);
    await provider.shutdown();
  });

  test('a counter that cannot be read for once stays where it was', async () => {
    const { collector, reader, provider } = setUp();
    let value: number | undefined = 5;
    collector.observe({ name: 'm', type: 'counter', source: 's' }, () => value);
    await reader.collect();
    for (value of [undefined, NaN]) expect(await shown(reader)).toMatchObject([{ value: 5 }]);
    await provider.shutdown();
  });

  test('a value that is not there is no loss', async () => {
    const { collector, reader, provider } = setUp();
    collector.observe({ name: 'm', type: 'ratio', source: 's' }, () => undefined).sample();
    expect(await shown(reader)).toEqual([]);
    expect(collector.getLosses().dropped).toEqual({});
    await provider.shutdown();
  });

  test('series beyond the limit share the overflow series, names beyond theirs are dropped', async () => {
    const { collector, reader, provider } = setUp({ collectorOptions: { maxSeriesPerName: 2, maxNames: 1 } });
    for (const shard of [1, 2, 3, 4]) collector.observe({ name: 'm', type: 'counter', source: 's', tags: { shard } }, () => shard);
    const beyond = collector.observe({ name: 'n', type: 'counter', source: 's' }, () => 1);
    beyond.sample();
    beyond.stop();
    expect(await shown(reader)).toMatchObject([
      { value: 1, tags: { shard: 1 } },
      { value: 2, tags: { shard: 2 } },
      { value: 7, tags: { 'otel.metric.overflow': true } },
    ]);
    expect(collector.getLosses()).toMatchObject({ dropped: { name_limit: 1 }, overflowed: 2 });
    await provider.shutdown();
  });

  test('while the collector is disabled nothing is read', async () => {
    const { collector, reader, provider } = setUp();
    let reads = 0;
    const series = collector.observe({ name: 'm', type: 'counter', source: 's' }, () => ++reads);
    collector.disable();
    series.sample();
    expect(await shown(reader)).toEqual([]);
    expect(reads).toBe(0);
    collector.enable();
    expect(await shown(reader)).toMatchObject([{ value: 1 }]);
    await provider.shutdown();
  });

  test('a provider whose meters cannot observe costs nothing but a count', () => {
    const collector = new CentralizedMetricsCollector({ meterProvider: { getMeter: () => ({}) as never } });
    expect(() => collector.observe({ name: 'm', type: 'counter' }, () => 1).sample()).not.toThrow();
    expect(collector.getLosses().dropped).toEqual({ instrument_error: 1 });
    expect(collector.getMetricStats('m')).toMatchObject({ total: 1 });
  });
});
