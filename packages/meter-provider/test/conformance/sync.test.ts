import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Meter, ValueType } from '@opentelemetry/api';
import { InstrumentType } from '@opentelemetry/sdk-metrics';
import { normalise, pointsOf, valuesOf } from './normalise.ts';
import { cumulative, delta, PROVIDERS, type Provider, type TestReader } from './providers.ts';

describe.each(PROVIDERS)('instruments that are written to: %s', (_, create) => {
  let total: TestReader;
  let change: TestReader;
  let provider: Provider;
  let meter: Meter;

  beforeEach(() => {
    total = cumulative();
    change = delta();
    provider = create({ readers: [total, change] });
    meter = provider.getMeter('test', '1.2', { schemaUrl: 'https://example.com/1' });
  });
  afterEach(() => provider.shutdown());

  it('say all that describes them', async () => {
    meter.createCounter('requests', { description: 'Requests.', unit: '{request}', valueType: ValueType.INT }).add(3, { route: '/' });
    expect(normalise((await total.read()).resourceMetrics)).toEqual([
      {
        scope: { name: 'test', version: '1.2', schemaUrl: 'https://example.com/1' },
        name: 'requests',
        description: 'Requests.',
        unit: '{request}',
        type: InstrumentType.COUNTER,
        valueType: ValueType.INT,
        temporality: 'cumulative',
        kind: 'SUM',
        isMonotonic: true,
        points: [[{ route: '/' }, 3]],
      },
    ]);
  });

  it('tell nothing until there is a value', async () => {
    meter.createCounter('a');
    meter.createHistogram('b');
    meter.createGauge('c');
    expect((await total.read()).resourceMetrics.scopeMetrics).toEqual([]);
    expect((await change.read()).resourceMetrics.scopeMetrics).toEqual([]);
  });

  it('are told in the order in which they and their series began', async () => {
    const second = provider.getMeter('a scope that comes first by name').createCounter('one');
    const [b, a] = [meter.createCounter('b'), meter.createHistogram('a')];
    second.add(1);
    a.record(1);
    b.add(1, { n: 2 });
    b.add(1, { n: 1 });
    await total.read();
    meter.createGauge('c').record(1);
    b.add(1, { n: 0 });
    b.add(1, { n: 1 });
    const { scopeMetrics } = (await total.read()).resourceMetrics;
    expect(scopeMetrics.map(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name)).toSorted()).toEqual([
      ['b', 'a', 'c'],
      ['one'],
    ]);
    expect(pointsOf({ ...(await total.read()).resourceMetrics })['b']).toEqual([
      [{ n: 2 }, 1],
      [{ n: 1 }, 2],
      [{ n: 0 }, 1],
    ]);
  });

  it('counter: the sum so far, and what was added since', async () => {
    const counter = meter.createCounter('requests');
    counter.add(2.5, { route: '/' });
    counter.add(0, { route: '/none' });
    const first = {
      requests: [
        [{ route: '/' }, 2.5],
        [{ route: '/none' }, 0],
      ],
    };
    expect(pointsOf((await total.read()).resourceMetrics)).toEqual(first);
    expect(pointsOf((await change.read()).resourceMetrics)).toEqual(first);
    counter.add(1.5, { route: '/' });
    expect(pointsOf((await total.read()).resourceMetrics)).toEqual({
      requests: [
        [{ route: '/' }, 4],
        [{ route: '/none' }, 0],
      ],
    });
    expect(pointsOf((await change.read()).resourceMetrics)).toEqual({ requests: [[{ route: '/' }, 1.5]] });
    expect((await change.read()).resourceMetrics.scopeMetrics).toEqual([]);
    counter.add(0.25, { route: '/none' });
    expect(pointsOf((await change.read()).resourceMetrics)).toEqual({ requests: [[{ route: '/none' }, 0.25]] });
  });

  it('counter: refuses what is negative or no number, and cuts what is no integer', async () => {
    const counter = meter.createCounter('requests', { valueType: ValueType.INT });
    counter.add(-1);
    counter.add('1' as unknown as number);
    expect((await total.read()).resourceMetrics.scopeMetrics).toEqual([]);
    counter.add(2.9);
    counter.add(1);
    expect(valuesOf((await total.read()).resourceMetrics)).toEqual({ requests: 3 });
  });

  it('up-down counter: rises and falls', async () => {
    const counter = meter.createUpDownCounter('connections');
    counter.add(5);
    counter.add(-2);
    await change.read();
    counter.add(-4);
    const [metric] = normalise((await total.read()).resourceMetrics);
    expect(metric).toMatchObject({ kind: 'SUM', isMonotonic: false, points: [[{}, -1]] });
    expect(valuesOf((await change.read()).resourceMetrics)).toEqual({ connections: -4 });
  });

  it('gauge: the last value, in deltas where it was set', async () => {
    const gauge = meter.createGauge('temperature');
    gauge.record(20, { room: 'a' });
    gauge.record(-21.5, { room: 'a' });
    gauge.record(5, { room: 'b' });
    const all = [
      [{ room: 'a' }, -21.5],
      [{ room: 'b' }, 5],
    ];
    expect(normalise((await total.read()).resourceMetrics)[0]).toMatchObject({ kind: 'GAUGE', points: all });
    expect(normalise((await change.read()).resourceMetrics)[0]).toMatchObject({ kind: 'GAUGE', temporality: 'delta', points: all });
    gauge.record(5, { room: 'b' });
    expect(pointsOf((await total.read()).resourceMetrics)).toEqual({ temperature: all });
    expect(pointsOf((await change.read()).resourceMetrics)).toEqual({ temperature: [[{ room: 'b' }, 5]] });
    expect((await change.read()).resourceMetrics.scopeMetrics).toEqual([]);
  });

  it('histogram: buckets, sum, least and greatest value, so far and since', async () => {
    const histogram = meter.createHistogram('duration', { advice: { explicitBucketBoundaries: [1, 2, 4] } });
    for (const value of [0, 1, 1.5, 2, 2.5, 8]) histogram.record(value);
    const buckets = (...counts: number[]) => ({ boundaries: [1, 2, 4], counts });
    const first = { count: 6, sum: 15, min: 0, max: 8, buckets: buckets(2, 2, 1, 1) };
    expect(valuesOf((await total.read()).resourceMetrics)).toEqual({ duration: first });
    expect(valuesOf((await change.read()).resourceMetrics)).toEqual({ duration: first });
    for (const value of [3, 3.5, 1.75]) histogram.record(value);
    expect(valuesOf((await total.read()).resourceMetrics)).toEqual({
      duration: { count: 9, sum: 23.25, min: 0, max: 8, buckets: buckets(2, 3, 3, 1) },
    });
    expect(valuesOf((await change.read()).resourceMetrics)).toEqual({
      duration: { count: 3, sum: 8.25, min: 1.75, max: 3.5, buckets: buckets(0, 1, 2, 0) },
    });
    expect((await change.read()).resourceMetrics.scopeMetrics).toEqual([]);
    histogram.record(100);
    expect(valuesOf((await change.read()).resourceMetrics)).toEqual({
      duration: { count: 1, sum: 100, min: 100, max: 100, buckets: buckets(0, 0, 0, 1) },
    });
  });

  it('histogram: has the default buckets without advice, and none with an empty list', async () => {
    meter.createHistogram('default').record(1);
    meter.createHistogram('none', { advice: { explicitBucketBoundaries: [] } }).record(1);
    const values = valuesOf((await total.read()).resourceMetrics) as Record<
      string,
      { buckets: { boundaries: number[]; counts: number[] } }
    >;
    expect(values['default']!.buckets.boundaries).toEqual([0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000]);
    expect(values['none']!.buckets).toEqual({ boundaries: [], counts: [1] });
  });

  it('keep data that was collected as it was', async () => {
    const [counter, histogram] = [meter.createCounter('requests'), meter.createHistogram('duration')];
    const add = () => {
      counter.add(1);
      histogram.record(7);
    };
    add();
    const collected = [await total.read(), await change.read()];
    const before = structuredClone(collected.map(({ resourceMetrics }) => normalise(resourceMetrics)));
    add();
    await total.read();
    await change.read();
    expect(collected.map(({ resourceMetrics }) => normalise(resourceMetrics))).toEqual(before);
  });

  it('attributes: one series for the same in any order, different ones for different types', async () => {
    const counter = meter.createCounter('requests');
    counter.add(1);
    counter.add(2, {});
    counter.add(4, undefined);
    counter.add(8, { a: 1, b: 'x' });
    counter.add(16, { b: 'x', a: 1 });
    counter.add(32, { a: '1', b: 'x' });
    counter.add(64, { a: true });
    counter.add(128, { a: '' });
    counter.add(256, { a: ['x', 'y'] });
    counter.add(512, { a: ['y', 'x'] });
    counter.add(1024, { a: ['x', 'y'] });
    counter.add(2048, { a: undefined });
    expect(pointsOf((await total.read()).resourceMetrics)['requests']).toEqual([
      [{}, 7],
      [{ a: 1, b: 'x' }, 24],
      [{ a: '1', b: 'x' }, 32],
      [{ a: true }, 64],
      [{ a: '' }, 128],
      [{ a: ['x', 'y'] }, 1280],
      [{ a: ['y', 'x'] }, 512],
      [{ a: undefined }, 2048],
    ]);
  });

  it('attributes: what counts is what they are at the call', async () => {
    const counter = meter.createCounter('requests');
    const attributes: Record<string, string> = { route: '/a' };
    counter.add(1, { ...attributes });
    const reused = { route: '/a' };
    counter.add(1, reused);
    reused.route = '/b';
    counter.add(10, { route: '/b' });
    counter.add(10, reused);
    reused.route = '/a';
    counter.add(1, reused);
    expect(pointsOf((await total.read()).resourceMetrics)['requests']).toEqual([
      [{ route: '/a' }, 3],
      [{ route: '/b' }, 20],
    ]);
  });

  it('scopes: one for the same name, version and schema', async () => {
    provider.getMeter('test', '1.2', { schemaUrl: 'https://example.com/1' }).createCounter('requests').add(1);
    meter.createCounter('requests').add(1);
    provider.getMeter('test', '1.3').createCounter('requests').add(1);
    provider.getMeter('test').createCounter('requests').add(1);
    const scopes = normalise((await total.read()).resourceMetrics).map(({ scope, points }) => [
      scope.version,
      scope.schemaUrl,
      points[0]![1],
    ]);
    expect(scopes).toEqual([
      ['', '', 1],
      ['1.2', 'https://example.com/1', 2],
      ['1.3', '', 1],
    ]);
  });

  it('of one name: one metric if they are alike, with the longest description; else several', async () => {
    meter.createCounter('requests', { description: 'long' }).add(1);
    meter.createHistogram('between').record(1);
    meter.createCounter('requests', { description: 'longest' }).add(2);
    meter.createCounter('requests', { description: 'short' }).add(4);
    meter.createCounter('requests', { unit: 's' }).add(8);
    expect(
      normalise((await total.read()).resourceMetrics).map(({ name, unit, description, points }) => [
        name,
        unit,
        description,
        points.length,
      ]),
    ).toEqual([
      ['requests', '', 'longest', 1],
      ['requests', 's', '', 1],
      ['between', '', '', 1],
    ]);
    expect(normalise((await total.read()).resourceMetrics)[0]!.points).toEqual([[{}, 7]]);
  });

  it('can be created after a collection', async () => {
    await total.read();
    await change.read();
    meter.createCounter('late').add(1);
    expect(valuesOf((await total.read()).resourceMetrics)).toEqual({ late: 1 });
    expect(valuesOf((await change.read()).resourceMetrics)).toEqual({ late: 1 });
  });
});
