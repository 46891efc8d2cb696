import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { diag } from '@opentelemetry/api';
import { AggregationType, type MetricProducer, type ViewOptions } from '@opentelemetry/sdk-metrics';
import { MetricsFilter } from '../../src/filter/metrics-filter.ts';
import type { Metric } from '../../src/model/metric.ts';
import { PerformanceMetricReader } from '../../src/read/reader.ts';
import type { PerformanceMetricReaderOptions } from '../../src/read/reader-options.ts';
import { SELF_SCOPE } from '../../src/record/instruments.ts';
import { catchDiag } from '../record/otel.ts';
import { find } from './exporters.ts';
import { setUp } from './set-up.ts';

let logged: string[];
beforeEach(() => {
  logged = catchDiag();
});
afterEach(() => diag.disable());

const named = (metrics: readonly Metric[], name: string) => metrics.filter((metric) => metric.name === name);

describe('a snapshot', () => {
  test('has every data point of every instrumentation as a metric', async () => {
    const { reader, collector, meter } = setUp();
    collector.recordMetric('m', 5, 'memory', 'mine', { shard: 1 });
    meter.createCounter('requests', { unit: '{request}' }).add(3, { route: '/', codes: ['a', 'b'] });
    meter.createGauge('heap', { unit: 'By' }).record(10);
    meter.createUpDownCounter('open').add(-2);
    meter.createObservableGauge('load', { unit: '1' }).addCallback((result) => result.observe(0.5, { cpu: '0' }));
    const metrics = await reader.snapshot();
    expect(metrics).toHaveLength(5);
    expect(named(metrics, 'm')).toEqual([
      { name: 'm', value: 5, type: 'memory', source: 'mine', tags: { shard: 1 }, unit: 'By', timestamp: expect.any(Number) },
    ]);
    expect(
      metrics.filter(({ source }) => source === 'other').map(({ name, value, type, tags, unit }) => [name, value, type, tags, unit]),
    ).toEqual([
      ['requests', 3, 'counter', { route: '/', codes: '["a","b"]' }, '{request}'],
      ['heap', 10, 'memory', {}, 'By'],
      ['open', -2, 'custom', {}, ''],
      ['load', 0.5, 'ratio', { cpu: '0' }, '1'],
    ]);
  });

  test('shows the original name where OpenTelemetry needed another', async () => {
    const { reader, collector } = setUp();
    collector.recordMetric('größe (max)', 1, 'custom', 's');
    collector.recordMetric('a b', 2, 'custom', 's');
    collector.recordMetric('a_b', 3, 'custom', 's');
    const ours = await reader.snapshot(({ source }) => source === 's');
    expect(ours.map(({ name, value }) => [name, value])).toEqual([
      ['größe (max)', 1],
      ['a b', 2],
      ['a_b', 3],
    ]);
  });

  test('gives histograms with their distribution', async () => {
    const views: ViewOptions[] = [{ instrumentName: 'exponential', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }];
    const { reader, meter } = setUp({ views });
    const explicit = meter.createHistogram('explicit', { unit: 's', advice: { explicitBucketBoundaries: [1, 2] } });
    const exponential = meter.createHistogram('exponential', { unit: 's' });
    for (const value of [0.5, 1.5, 4]) {
      explicit.record(value);
      exponential.record(value);
    }
    const metrics = await reader.snapshot();
    expect(named(metrics, 'explicit')[0]).toMatchObject({
      value: 2,
      type: 'time',
      distribution: {
        count: 3,
        sum: 6,
        min: 0.5,
        max: 4,
        buckets: [
          { lower: -Infinity, upper: 1, count: 1 },
          { lower: 1, upper: 2, count: 1 },
          { lower: 2, upper: Infinity, count: 1 },
        ],
      },
    });
    const { value, distribution } = named(metrics, 'exponential')[0]!;
    expect([value, distribution!.count, distribution!.min, distribution!.max]).toEqual([2, 3, 0.5, 4]);
    for (const recorded of [0.5, 1.5, 4]) {
      // A value on a bound may fall to either side by rounding.
      const holding = distribution!.buckets.filter(({ lower, upper }) => lower <= recorded * (1 + 1e-9) && recorded <= upper * (1 + 1e-9));
      expect(holding.reduce((sum, { count }) => sum + count, 0)).toBe(1);
    }
  });

  test('takes a filter or a predicate', async () => {
    const { reader, collector } = setUp();
    collector.recordCounter('a', 1, 's', { shard: 1 });
    collector.recordCounter('a', 2, 's', { shard: 2 });
    collector.recordMemory('b', 3, 's');
    const filter = new MetricsFilter().addNameFilter('a').addTagFilter('shard', 2);
    expect((await reader.snapshot(filter)).map(({ value }) => value)).toEqual([2]);
    expect((await reader.snapshot(({ value }) => value > 1)).filter(({ source }) => source === 's').map(({ value }) => value)).toEqual([
      2, 3,
    ]);
  });

  test('rejects before the reader is attached and after its shutdown', async () => {
    await expect(new PerformanceMetricReader().snapshot()).rejects.toThrow(/not bound/);
    const { reader, provider } = setUp();
    await provider.shutdown();
    await expect(reader.snapshot()).rejects.toThrow(/shutdown/);
  });
});

test('a selection of a collection has the data points that pass, and leaves the collection alone', async () => {
  const { reader, collector } = setUp();
  collector.recordCounter('a', 1, 's', { shard: 1 });
  collector.recordCounter('a', 2, 's', { shard: 2 });
  collector.recordMemory('b', 3, 't');
  const { resourceMetrics } = await reader.collectSelected(new MetricsFilter().addTagFilter('shard', 2));
  expect(
    resourceMetrics.scopeMetrics.map(({ scope, metrics }) => [scope.name, metrics.map(({ dataPoints }) => dataPoints.length)]),
  ).toEqual([['s', [1]]]);
  const all = await reader.collectSelected();
  expect(find(all.resourceMetrics, 'a')!.dataPoints).toHaveLength(2);
});

describe('what fails in a collection costs only its own part', () => {
  async function errorsCounted(reader: PerformanceMetricReader): Promise<number | undefined> {
    const metrics = await reader.snapshot(new MetricsFilter().addSourceFilter(SELF_SCOPE).addNameFilter('*.collection.errors'));
    return metrics[0]?.value;
  }

  const failing: [string, () => void | Promise<void>][] = [
    [
      'a callback that throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['a callback that rejects', () => Promise.reject(new Error('broken'))],
    ['a callback that never ends', () => new Promise(() => {})],
  ];
  test.each(failing)('%s', async (_, callback) => {
    const { reader, meter, collector } = setUp({ collectTimeoutMillis: 20 });
    meter.createObservableGauge('bad').addCallback(callback);
    meter.createObservableGauge('good').addCallback((result) => result.observe(1));
    collector.recordCounter('m', 1, 's');
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toHaveLength(1);
    expect(['good', 'm', 'bad'].map((name) => find(resourceMetrics, name)?.dataPoints.length)).toEqual([1, 1, undefined]);
    expect(await errorsCounted(reader)).toBe(1);
    expect(logged.some((line) => line.startsWith('otel-perf: part of a collection failed'))).toBe(true);
  });

  const producers: [string, MetricProducer['collect']][] = [
    ['a producer that rejects', () => Promise.reject(new Error('broken'))],
    [
      'a producer that throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['a producer that never ends', () => new Promise(() => {})],
  ];
  test.each(producers)('%s', async (_, collect) => {
    const { reader, collector } = setUp({ collectTimeoutMillis: 20, metricProducers: [{ collect }] });
    collector.recordCounter('m', 1, 's');
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toHaveLength(1);
    expect(find(resourceMetrics, 'm')!.dataPoints).toHaveLength(1);
    expect(await errorsCounted(reader)).toBe(1);
  });

  test('a time limit that the caller gives holds for that collection', async () => {
    const { reader, meter } = setUp({ collectTimeoutMillis: 600_000 });
    // Once: a drain of the reader would be held up by it for the longer limit, and with it the end of the test run.
    const answers = [new Promise<void>(() => {})];
    meter.createObservableGauge('bad').addCallback(async () => answers.pop());
    expect((await reader.collect({ timeoutMillis: 10 })).errors).toHaveLength(1);
  });
});

test('the metrics of another producer are part of the snapshot', async () => {
  const inner = setUp();
  inner.collector.recordCounter('from producer', 4, 'elsewhere');
  const { reader } = setUp({ metricProducers: [{ collect: () => inner.reader.collect() }] });
  expect((await reader.snapshot()).map(({ name, value, source }) => [name, value, source])).toEqual([['from_producer', 4, 'elsewhere']]);
});

test('instruments of one name and different kinds do not get in the way of each other', async () => {
  const { reader, meter } = setUp();
  meter.createCounter('x').add(3);
  meter.createHistogram('x').record(5);
  meter.createGauge('x').record(7);
  await reader.collect();
  meter.createCounter('x').add(4);
  const { resourceMetrics, errors } = await reader.collect();
  expect(errors).toEqual([]);
  expect(resourceMetrics.scopeMetrics.find(({ scope }) => scope.name === 'other')!.metrics).toHaveLength(3);
  const stats = reader.foreignStats();
  expect(stats.filter(({ name }) => name === 'x').map(({ type, stats: { seen, total } }) => [type, seen, total])).toEqual([
    ['counter', 2, 7],
    ['custom', 1, 5],
    ['custom', 2, 14],
  ]);
});

test('a shutdown warns of nothing', async () => {
  const { provider, collector } = setUp();
  collector.recordCounter('m', 1);
  await provider.shutdown();
  expect(logged).toEqual([]);
});

describe('bad options throw at construction, naming option and bound', () => {
  const options = [
    'exportIntervalMillis',
    'exportTimeoutMillis',
    'collectTimeoutMillis',
    'drainIntervalMillis',
    'foreignWindowMillis',
  ] as const;
  test.each(options)('%s', (option) => {
    for (const value of [0, -1, 1.5, NaN, 2 ** 31, '5']) {
      const make = () => new PerformanceMetricReader({ [option]: value } as PerformanceMetricReaderOptions);
      expect(make).toThrow(RangeError);
      expect(make).toThrow(`${option} must be an integer from 1 to 2147483647, not `);
    }
  });

  test('so do percentiles', () => {
    const { reader } = setUp();
    expect(() => reader.foreignStats([101])).toThrow(/^percentiles must be numbers from 0 to 100/);
  });
});
