import { describe, expect, test } from '@jest/globals';
import { exportEventsToJson, exportMetricsToJson } from '../../src/export/json.ts';
import { MetricsFilter } from '../../src/filter/metrics-filter.ts';
import type { Metric } from '../../src/model/metric.ts';
import { Collecting, Recording } from './recorded.ts';

const point: Metric = { name: 'n', value: 2, type: 'time', timestamp: 1_767_225_600.25, source: 's', tags: { a: 1 } };

async function json(...[events, , options]: Partial<Parameters<typeof exportEventsToJson>>): Promise<string> {
  const target = new Collecting();
  await exportEventsToJson(events!, target, options);
  return target.text;
}

async function points(metrics: Iterable<Metric>, options?: { newlineDelimited: boolean }): Promise<string> {
  const target = new Collecting();
  await exportMetricsToJson(metrics, target, options);
  return target.text;
}

describe('exportEventsToJson', () => {
  test('writes an array of objects with the documented keys, oldest event first', async () => {
    const { collector, clock, events } = new Recording();
    collector.recordMetric('db', 0.25, 'time', 'shop', { table: 'orders', rows: 3, ok: true });
    clock.advance(1500.5);
    collector.recordCounter('hits', 2);
    expect(JSON.parse(await json(events))).toEqual([
      {
        name: 'db',
        value: 0.25,
        metric_type: 'time',
        timestamp: 1_767_225_600,
        source: 'shop',
        tags: { ok: true, rows: 3, table: 'orders' },
      },
      { name: 'hits', value: 2, metric_type: 'counter', timestamp: 1_767_225_601.5005, source: 'unknown', tags: {} },
    ]);
  });

  test('writes one object a line where asked to', async () => {
    const text = await json(new Recording().recordMany(3).events, undefined, { newlineDelimited: true });
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line).value)).toEqual([0, 1, 2]);
  });

  test('an empty history is an empty array, or no line at all', async () => {
    const { events } = new Recording();
    expect(await json(events)).toBe('[]');
    expect(await json(events, undefined, { newlineDelimited: true })).toBe('');
  });

  test('a history of many pages is written whole and in order', async () => {
    const values = JSON.parse(await json(new Recording().recordMany(20_000).events)).map((event: { value: number }) => event.value);
    expect(values).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
  });

  test('a row that is larger than any buffer is written whole, at its place', async () => {
    const { collector, events } = new Recording();
    const long = 'é'.repeat(300_000);
    for (const name of ['a', long, 'b', `${long}2`, long]) collector.recordMetric(name, 1, 'custom');
    expect(JSON.parse(await json(events)).map((event: Metric) => event.name)).toEqual(['a', long, 'b', `${long}2`, long]);
  });

  test('many series with long names are written right, although not all of their texts are kept', async () => {
    const { collector, events } = new Recording();
    const names = Array.from({ length: 400 }, (_, i) => `${i}${'x'.repeat(10_000)}`);
    for (const name of [...names, ...names]) collector.recordMetric(name, 1, 'custom');
    expect(JSON.parse(await json(events)).map((event: Metric) => event.name)).toEqual([...names, ...names]);
  });

  describe('keeps what a filter keeps', () => {
    const recording = new Recording().recordMany(1000, 'a').recordMany(1000, 'b');
    const kept = async (filter: MetricsFilter | ((metric: Metric) => boolean)) => {
      const target = new Collecting();
      const { written } = await exportEventsToJson(recording.events, target, { filter });
      const read: Metric[] = JSON.parse(target.text);
      expect(read).toHaveLength(written);
      return read;
    };

    test.each([
      ['all', new MetricsFilter(), 2000],
      ['a series', new MetricsFilter().addNameFilter('b'), 1000],
      ['nothing', new MetricsFilter().addNameFilter('c'), 0],
      ['a time', new MetricsFilter().addTimeRangeFilter(1_767_225_600.5, 1_767_225_600.599), 100],
      ['a time of a series', new MetricsFilter().addNameFilter('b').addTimeRangeFilter(0, 1_767_225_601.009), 10],
      ['a predicate', ({ value }: Metric) => value % 2 === 0, 1000],
      ['a predicate that says no', () => false, 0],
    ])('%s', async (_, filter, count) => {
      const read = await kept(filter);
      expect(read).toHaveLength(count);
      expect(read.map(({ name, value }) => ({ name, value }))).toEqual(
        recording.collector.getMetrics(filter).map(({ name, value }) => ({ name, value })),
      );
    });
  });
});

describe('exportMetricsToJson', () => {
  test('adds unit and distribution to the six keys where the data point has them', async () => {
    const buckets = [
      { lower: -Infinity, upper: 1, count: 1 },
      { lower: 1, upper: Infinity, count: 2 },
    ];
    const histogram = { ...point, unit: 's', distribution: { count: 3, sum: 6, min: 0.5, max: 4, buckets } };
    const texts = [
      { lower: '-Inf', upper: 1, count: 1 },
      { lower: 1, upper: '+Inf', count: 2 },
    ];
    const read = JSON.parse(await points([point, histogram]));
    const six = { name: 'n', value: 2, metric_type: 'time', timestamp: 1_767_225_600.25, source: 's', tags: { a: 1 } };
    expect(read).toEqual([six, { ...six, unit: 's', distribution: { ...histogram.distribution, buckets: texts } }]);
    expect(Object.keys(read[1])).toEqual(['name', 'value', 'metric_type', 'timestamp', 'source', 'tags', 'unit', 'distribution']);
  });

  test('a number that JSON does not know is null', async () => {
    const empty = { ...point, value: NaN, distribution: { count: 0, min: Infinity, max: -Infinity, buckets: [] } };
    const [read] = JSON.parse(await points([empty]));
    expect(read.value).toBeNull();
    expect(read.distribution).toEqual({ count: 0, min: null, max: null, buckets: [] });
  });

  test('takes any iterable, once, however long, and counts', async () => {
    function* many(): Generator<Metric> {
      for (let i = 0; i < 5000; i++) yield { ...point, value: i, name: i === 2500 ? '€'.repeat(100_000) : 'n' };
    }
    const target = new Collecting();
    expect(await exportMetricsToJson(many(), target)).toEqual({ written: 5000, overwritten: 0 });
    expect(JSON.parse(target.text).map(({ value }: Metric) => value)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  });

  test('nothing is an empty array, or no line at all', async () => {
    expect(await points([])).toBe('[]');
    expect(await points([], { newlineDelimited: true })).toBe('');
    expect(await points([point], { newlineDelimited: true })).toMatch(/^\{.*\}\n$/);
  });

  test('rejects with what the iterable throws, and closes an iterable that it does not read to its end', async () => {
    let closed = false;
    function* failing(): Generator<Metric> {
      yield point;
      throw new Error('no more');
    }
    function* endless(): Generator<Metric> {
      try {
        for (;;) yield point;
      } finally {
        closed = true;
      }
    }
    await expect(points(failing())).rejects.toThrow('no more');
    const target = new Collecting();
    setImmediate(() => target.destroy(new Error('gone')));
    await expect(exportMetricsToJson(endless(), target)).rejects.toThrow('gone');
    expect(closed).toBe(true);
  });
});
