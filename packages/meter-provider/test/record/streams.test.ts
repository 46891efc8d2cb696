import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { diag, ValueType } from '@opentelemetry/api';
import { AggregationType } from '@opentelemetry/sdk-metrics';
import { MeterProvider } from '../../src/record/meter-provider.ts';
import { catchDiag, PlainReader, readerOf, series, streams, values } from './reading.ts';

let warnings: string[];
beforeEach(() => {
  warnings = catchDiag();
});
afterEach(() => diag.disable());

describe('meters', () => {
  test('of one name, version and schema URL are one', () => {
    const provider = fresh();
    const meter = provider.getMeter('m', '1', { schemaUrl: 's' });
    expect(provider.getMeter('m', '1', { schemaUrl: 's' })).toBe(meter);
    for (const other of [
      provider.getMeter('m', '1'),
      provider.getMeter('m', '2', { schemaUrl: 's' }),
      provider.getMeter('n', '1', { schemaUrl: 's' }),
    ])
      expect(other).not.toBe(meter);
    meter.createCounter('c').add(1);
    provider.getMeter('m').createCounter('c').add(2);
    expect(streams(provider.arena).map(({ descriptor }) => descriptor.scope)).toEqual([
      { name: 'm', version: '1', schemaUrl: 's' },
      { name: 'm', version: '' },
    ]);
  });
});

describe('instruments of one name', () => {
  test('that are alike feed one stream', () => {
    const provider = fresh();
    const meter = provider.getMeter('m');
    meter.createCounter('c', { unit: 's' }).add(1);
    meter.createCounter('c', { unit: 's' }).add(2);
    expect(values(provider.arena, 'c')).toEqual({ '': 3 });
    expect(streams(provider.arena)).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['shorter', 'long description', 'short'],
    ['longer', 'short', 'long description'],
  ])('get the longer description: the second is %s', (_, first, second) => {
    const provider = fresh();
    const meter = provider.getMeter('m');
    meter.createCounter('c', { description: first }).add(1);
    meter.createCounter('c', { description: second }).add(2, { a: 1 });
    expect(streams(provider.arena).map(({ descriptor }) => descriptor.description)).toEqual(['long description']);
    expect(values(provider.arena, 'c')).toEqual({ '': 1, '[["a",1]]': 2 });
    expect(warnings).toEqual([expect.stringContaining('The longer description will be used')]);
  });

  test('that differ have streams of their own, and are told', () => {
    const provider = fresh();
    const meter = provider.getMeter('m');
    meter.createCounter('c').add(1);
    meter.createCounter('c', { unit: 's' }).add(2);
    meter.createCounter('c', { valueType: ValueType.INT }).add(3);
    meter.createUpDownCounter('c').add(4);
    expect(streams(provider.arena)).toHaveLength(4);
    expect(warnings).toHaveLength(1 + 2 + 3);
    expect(warnings[0]).toContain("Unit '' does not match 's'");
    expect(warnings[5]).toContain("Type 'COUNTER' does not match 'UP_DOWN_COUNTER'");
    meter.createUpDownCounter('c').add(5);
    expect(streams(provider.arena).at(-1)!.series).toHaveLength(1);
    expect(streams(provider.arena)).toHaveLength(4);
  });
});

describe('readers', () => {
  test('that want the same share a stream', () => {
    const provider = new MeterProvider({ readers: [readerOf(), new PlainReader()], reserveBytes: 2 ** 20 });
    provider.getMeter('m').createHistogram('h').record(1);
    expect(streams(provider.arena)).toHaveLength(1);
    expect(streams(provider.arena)[0]!.descriptor.readers).toBeUndefined();
  });

  test('that want something else have their own', () => {
    const provider = new MeterProvider({
      readers: [
        readerOf(),
        readerOf({ type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 20 } }),
        readerOf({ type: AggregationType.DROP }),
        readerOf(),
        readerOf(undefined, 7),
      ],
      reserveBytes: 2 ** 20,
    });
    const histogram = provider.getMeter('m').createHistogram('h', { advice: { explicitBucketBoundaries: [1] } });
    histogram.record(1);
    histogram.record(2, { a: 1 });
    const kept = streams(provider.arena).map(({ descriptor, series }) => [descriptor.aggregation.kind, descriptor.readers, series.length]);
    expect(kept).toEqual([
      ['histogram', [0, 3], 2],
      ['exponential-histogram', [1], 2],
      ['histogram', [4], 2],
    ]);
  });

  test('may read before and after instruments are made', async () => {
    const readers = [readerOf(), readerOf()];
    const provider = new MeterProvider({ readers, reserveBytes: 2 ** 20 });
    await readers[0]!.collect();
    const meter = provider.getMeter('m');
    const counter = meter.createCounter('c');
    await readers[1]!.collect();
    counter.add(1);
    await readers[0]!.collect();
    meter.createGauge('g').record(2);
    counter.add(1);
    for (const reader of readers) {
      const { resourceMetrics, errors } = await reader.collect();
      const metrics = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
      expect(metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints[0]!.value])).toEqual([
        ['c', 2],
        ['g', 2],
      ]);
      expect(errors).toEqual([]);
    }
  });
});

describe('too many series', () => {
  const OVERFLOW = '[["otel.metric.overflow",true]]';

  test('go to the overflow series, which is one of those that are allowed', () => {
    const provider = new MeterProvider({ readers: [readerOf(undefined, 5)], reserveBytes: 2 ** 20 });
    const counter = provider.getMeter('m').createCounter('c');
    for (let round = 0; round < 3; round++) for (let i = 0; i < 10; i++) counter.add(1, { i });
    const found = values(provider.arena, 'c');
    expect(Object.keys(found)).toEqual([...[0, 1, 2, 3].map((i) => `[["i",${i}]]`), OVERFLOW]);
    expect(found['[["i",3]]']).toBe(3);
    expect(found[OVERFLOW]).toBe(18);
  });

  test('are 2,000 by default, for each stream; a view may say', () => {
    const views = [{ instrumentName: 'few', aggregationCardinalityLimit: 2 }];
    const provider = new MeterProvider({ views });
    const meter = provider.getMeter('m');
    const [many, few] = [meter.createCounter('many'), meter.createCounter('few')];
    for (let i = 0; i < 3000; i++) {
      many.add(1, { i });
      few.add(1, { i });
    }
    expect([series(provider.arena, 'many').size, series(provider.arena, 'few').size]).toEqual([2000, 2]);
    expect(values(provider.arena, 'many')[OVERFLOW]).toBe(1001);
    expect(values(provider.arena, 'few')[OVERFLOW]).toBe(2999);
  });

  test('hold for observables too: the last one counts', async () => {
    const provider = new MeterProvider({ readers: [readerOf(undefined, 3)], reserveBytes: 2 ** 20 });
    provider
      .getMeter('m')
      .createObservableCounter('o')
      .addCallback((result) => {
        for (let i = 0; i < 6; i++) result.observe(10 + i, { i });
      });
    await provider.observe();
    await provider.observe();
    expect(values(provider.arena, 'o')).toEqual({ '[["i",0]]': 10, '[["i",1]]': 11, [OVERFLOW]: 15 });
  });

  test('that fill the arena go to the overflow series of their stream, and nothing is lost', () => {
    const provider = new MeterProvider({ reserveBytes: 2 ** 20, readers: [readerOf(undefined, 1e9)] });
    const meter = provider.getMeter('m');
    const early = meter.createCounter('early');
    const full = meter.createHistogram('full');
    early.add(1, { before: true });
    for (let i = 0; i < 8000; i++) full.record(1, { i });
    early.add(2, { after: true });
    const late = meter.createUpDownCounter('late');
    late.add(3);
    const readings = [...series(provider.arena, 'full').values()];
    expect(readings.length).toBeLessThan(8000);
    expect(readings.reduce((sum, reading) => sum + ('count' in reading ? reading.count : 0), 0)).toBe(8000);
    expect(values(provider.arena, 'early')).toEqual({ '[["before",true]]': 1, [OVERFLOW]: 2 });
    expect(values(provider.arena, 'late')).toEqual({ [OVERFLOW]: 3 });
    expect(values(provider.arena, 'otel_perf.meter_provider.dropped')).toEqual({ '[["reason","no_room"]]': 0 });
    expect(warnings).toEqual([expect.stringContaining('is about full')]);
  });

  test('for which there is no room at all are dropped, told and counted', () => {
    const provider = new MeterProvider({ reserveBytes: 2 ** 20, readers: [readerOf(undefined, 1e9)] });
    const meter = provider.getMeter('m');
    for (let i = 0; i < 6000; i++) meter.createCounter(`c${i}`).add(1);
    expect(warnings.some((line) => line.includes('the shared memory has no room'))).toBe(true);
    const dropped = values(provider.arena, 'otel_perf.meter_provider.dropped');
    const kept = streams(provider.arena).filter(({ series, descriptor }) => series.length > 0 && descriptor.scope.name === 'm').length;
    expect(kept).toBeLessThan(6000);
    expect(dropped).toEqual({ '[["reason","no_room"]]': 6000 - kept });
  });
});

function fresh(): MeterProvider {
  return new MeterProvider({ reserveBytes: 2 ** 20 });
}
