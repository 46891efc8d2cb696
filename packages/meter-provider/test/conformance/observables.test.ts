import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ValueType, type Attributes, type Meter } from '@opentelemetry/api';
import { normalise, pointsOf, valuesOf } from './normalise.ts';
import { cumulative, delta, PROVIDERS, TestReader, type Provider } from './providers.ts';

describe.each(PROVIDERS)('observable instruments: %s', (_, create) => {
  let total: TestReader;
  let change: TestReader;
  let provider: Provider;
  let meter: Meter;

  beforeEach(() => {
    [total, change] = [cumulative(), delta()];
    provider = create({ readers: [total, change] });
    meter = provider.getMeter('test');
  });
  afterEach(() => provider.shutdown());

  it('counter: what the callback says, and the difference to what it said last', async () => {
    let value = 10;
    meter.createObservableCounter('cpu').addCallback((result) => result.observe(value, { cpu: 0 }));
    expect(normalise((await total.read()).resourceMetrics)[0]).toMatchObject({
      kind: 'SUM',
      isMonotonic: true,
      points: [[{ cpu: 0 }, 10]],
    });
    expect(valuesOf((await change.read()).resourceMetrics)).toEqual({ cpu: 10 });
    value = 14;
    expect(valuesOf((await total.read()).resourceMetrics)).toEqual({ cpu: 14 });
    value = 15;
    expect(valuesOf((await change.read()).resourceMetrics)).toEqual({ cpu: 5 });
    expect(valuesOf((await change.read()).resourceMetrics)).toEqual({ cpu: 0 });
  });

  it('counter: begins anew where it falls', async () => {
    let value = 10;
    const only = delta();
    const other = create({ readers: [only] });
    for (const one of [meter, other.getMeter('test')]) one.createObservableCounter('cpu').addCallback((result) => result.observe(value));
    const first = (await total.read()).resourceMetrics;
    await only.read();
    value = 3;
    const { resourceMetrics } = await total.read();
    expect(valuesOf(resourceMetrics)).toEqual({ cpu: 3 });
    const [before, after] = [first, resourceMetrics].map(({ scopeMetrics }) => scopeMetrics[0]!.metrics[0]!.dataPoints[0]!);
    expect(after!.startTime).toEqual(after!.endTime);
    expect(before!.startTime).not.toBe(after!.startTime);
    expect(valuesOf((await only.read()).resourceMetrics)).toEqual({ cpu: 3 });
    value = 4;
    expect(valuesOf((await total.read()).resourceMetrics)).toEqual({ cpu: 4 });
    expect(valuesOf((await only.read()).resourceMetrics)).toEqual({ cpu: 1 });
    await other.shutdown();
  });

  it('up-down counter and gauge', async () => {
    let value = 10;
    meter.createObservableUpDownCounter('queue').addCallback((result) => result.observe(value));
    meter.createObservableGauge('temperature').addCallback((result) => result.observe(value));
    await change.read();
    value = -2;
    const metrics = normalise((await total.read()).resourceMetrics);
    expect(metrics.map(({ kind, isMonotonic, points }) => [kind, isMonotonic, points[0]![1]])).toEqual([
      ['SUM', false, -2],
      ['GAUGE', undefined, -2],
    ]);
    expect(valuesOf((await change.read()).resourceMetrics)).toEqual({ queue: -12, temperature: -2 });
  });

  it('series that are said no more stay in what is cumulative, and are left out of deltas', async () => {
    let rooms = ['a', 'b'];
    for (const create of [meter.createObservableGauge, meter.createObservableUpDownCounter] as const) {
      create.call(meter, create.name).addCallback((result) => rooms.forEach((room, i) => result.observe(i, { room })));
    }
    await total.read();
    await change.read();
    rooms = ['b', 'c'];
    const cumulatives = pointsOf((await total.read()).resourceMetrics);
    for (const points of Object.values(cumulatives)) {
      expect(points).toEqual([
        [{ room: 'a' }, 0],
        [{ room: 'b' }, 0],
        [{ room: 'c' }, 1],
      ]);
    }
    const { createObservableGauge, createObservableUpDownCounter } = pointsOf((await change.read()).resourceMetrics);
    expect(createObservableGauge).toEqual([
      [{ room: 'b' }, 0],
      [{ room: 'c' }, 1],
    ]);
    expect(createObservableUpDownCounter).toEqual([
      [{ room: 'b' }, -1],
      [{ room: 'c' }, 1],
    ]);
  });

  it('of several values for the same attributes the last one counts', async () => {
    meter.createObservableUpDownCounter('queue').addCallback((result) => {
      result.observe(1, { a: 1, b: 2 });
      result.observe(2, { b: 2, a: 1 });
    });
    expect(pointsOf((await total.read()).resourceMetrics)).toEqual({ queue: [[{ a: 1, b: 2 }, 2]] });
  });

  it('refuse what is no number, and cut what is no integer', async () => {
    meter.createObservableGauge('whole', { valueType: ValueType.INT }).addCallback((result) => {
      result.observe('1' as unknown as number, { bad: true });
      result.observe(1.9);
    });
    expect(pointsOf((await total.read()).resourceMetrics)).toEqual({ whole: [[{}, 1]] });
  });

  it('callbacks may be asynchronous, are called once, and can be taken away', async () => {
    let calls = 0;
    const gauge = meter.createObservableGauge('temperature');
    const callback = async (result: { observe: (value: number, attributes?: Attributes) => void }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      result.observe(++calls);
    };
    gauge.addCallback(callback);
    gauge.addCallback(callback);
    expect(valuesOf((await total.read()).resourceMetrics)).toEqual({ temperature: 1 });
    gauge.removeCallback(callback);
    expect(valuesOf((await total.read()).resourceMetrics)).toEqual({ temperature: 1 });
    expect((await change.read()).resourceMetrics.scopeMetrics.length).toBeLessThanOrEqual(1);
    expect(calls).toBe(1);
  });

  it('batch callbacks', async () => {
    const [used, free] = [meter.createObservableGauge('used'), meter.createObservableUpDownCounter('free')];
    const foreign = meter.createObservableGauge('foreign');
    const callback: Parameters<Meter['addBatchObservableCallback']>[0] = (result) => {
      result.observe(used, 3, { disk: 'a' });
      result.observe(free, 7, { disk: 'a' });
      result.observe(foreign, 1);
    };
    meter.addBatchObservableCallback(callback, [used, free]);
    const expected = { used: [[{ disk: 'a' }, 3]], free: [[{ disk: 'a' }, 7]] };
    expect(pointsOf((await total.read()).resourceMetrics)).toEqual(expected);
    meter.removeBatchObservableCallback(callback, [free, used]);
    expect(pointsOf((await total.read()).resourceMetrics)).toEqual(expected);
  });

  it('a callback that fails costs only its own values, and is told', async () => {
    meter.createObservableGauge('good').addCallback((result) => result.observe(1));
    meter.createObservableGauge('throws').addCallback(() => {
      throw new Error('thrown');
    });
    meter.createObservableGauge('rejects').addCallback(async (result) => {
      result.observe(1);
      await Promise.reject(new Error('rejected'));
    });
    meter.createCounter('counter').add(1);
    const { resourceMetrics, errors } = await total.collect();
    expect(errors.map(String).toSorted()).toEqual(['Error: rejected', 'Error: thrown']);
    expect(valuesOf(resourceMetrics)).toEqual({ good: 1, counter: 1 });
  });

  it('a callback that takes too long is given up, and is told', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    meter.createObservableGauge('slow').addCallback(async (result) => {
      await promise;
      result.observe(1);
    });
    meter.createObservableGauge('quick').addCallback((result) => result.observe(1));
    const { resourceMetrics, errors } = await total.collect({ timeoutMillis: 20 });
    expect(errors.map((error) => (error as Error).message)).toEqual(['Operation timed out.']);
    expect(valuesOf(resourceMetrics)).toEqual({ quick: 1 });
    resolve();
    expect(valuesOf((await total.read()).resourceMetrics)).toEqual({ slow: 1, quick: 1 });
  });
});
