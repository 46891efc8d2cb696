import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { diag, ValueType, type MeterProvider as ApiMeterProvider, type ObservableCallback } from '@opentelemetry/api';
import { MeterProvider as SdkMeterProvider, TimeoutError, type MetricReader } from '@opentelemetry/sdk-metrics';
import { setTimeout as sleep } from 'node:timers/promises';
import { OBSERVE } from '../../src/memory/arena.ts';
import { MeterProvider } from '../../src/record/meter-provider.ts';
import { catchDiag, PlainReader, values } from './reading.ts';

let warnings: string[];
beforeEach(() => {
  warnings = catchDiag();
});
afterEach(() => diag.disable());

const providers: [string, (reader: MetricReader) => ApiMeterProvider][] = [
  ['the SDK', (reader) => new SdkMeterProvider({ readers: [reader] })],
  ['this', (reader) => new MeterProvider({ readers: [reader], reserveBytes: 2 ** 20 })],
];

describe.each(providers)('callbacks are called as by %s', (_, create) => {
  function fresh() {
    const reader = new PlainReader();
    const meter = create(reader).getMeter('m');
    const collect = async (timeoutMillis?: number) => {
      const { resourceMetrics, errors } = await reader.collect(timeoutMillis === undefined ? {} : { timeoutMillis });
      const points = resourceMetrics.scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .flatMap(({ descriptor, dataPoints }) => dataPoints.map(({ attributes, value }) => [descriptor.name, attributes, value]));
      return { points, errors };
    };
    return { meter, collect };
  }

  test('once for each collection, however often they were added', async () => {
    const { meter, collect } = fresh();
    const gauge = meter.createObservableGauge('g');
    let calls = 0;
    const callback: ObservableCallback = (result) => result.observe(++calls);
    gauge.addCallback(callback);
    gauge.addCallback(callback);
    expect((await collect()).points).toEqual([['g', {}, 1]]);
    expect((await collect()).points).toEqual([['g', {}, 2]]);
    gauge.removeCallback(callback);
    gauge.removeCallback(callback);
    await collect();
    expect(calls).toBe(2);
  });

  test('and may serve several instruments, or several callbacks one', async () => {
    const { meter, collect } = fresh();
    const [one, two] = [meter.createObservableCounter('one'), meter.createObservableUpDownCounter('two')];
    const both: Parameters<typeof meter.addBatchObservableCallback>[0] = (result) => {
      result.observe(one, 1);
      result.observe(two, -2, { a: 1 });
      result.observe({} as never, 3);
    };
    meter.addBatchObservableCallback(both, [one, two]);
    meter.addBatchObservableCallback(both, [two, one]);
    one.addCallback((result) => result.observe(5, { own: true }));
    expect((await collect()).points).toEqual(
      expect.arrayContaining([
        ['one', {}, 1],
        ['one', { own: true }, 5],
        ['two', { a: 1 }, -2],
      ]),
    );
    meter.removeBatchObservableCallback(both, [one, two]);
    meter.addBatchObservableCallback(both, [one]);
    await collect();
    expect(warnings).toEqual([]);
    meter.addBatchObservableCallback(both, [{} as never]);
    expect(warnings).toEqual([expect.stringContaining('BatchObservableCallback is not associated with valid instruments')]);
  });

  test('and what they throw does not keep the others from it', async () => {
    const { meter, collect } = fresh();
    const gauge = meter.createObservableGauge('g');
    const [thrown, rejected] = [new Error('thrown'), new Error('rejected')];
    gauge.addCallback((result) => {
      result.observe(1, { lost: true });
      throw thrown;
    });
    gauge.addCallback(() => Promise.reject(rejected));
    gauge.addCallback(async (result) => {
      await sleep(1);
      result.observe(3);
    });
    const { points, errors } = await collect();
    expect(points).toEqual([['g', {}, 3]]);
    expect(errors).toEqual([thrown, rejected]);
  });

  test('and get no more than the time that the collection has', async () => {
    const { meter, collect } = fresh();
    const gauge = meter.createObservableGauge('g');
    gauge.addCallback(async (result) => {
      result.observe(1, { late: true });
      await new Promise(() => undefined);
    });
    gauge.addCallback((result) => result.observe(2));
    const { points, errors } = await collect(20);
    expect(points).toEqual([['g', {}, 2]]);
    expect(errors).toEqual([expect.any(TimeoutError)]);
  });

  test('and of the same attributes the last value counts', async () => {
    const { meter, collect } = fresh();
    const counter = meter.createObservableCounter('c');
    counter.addCallback((result) => {
      result.observe(1, { a: 1, b: 2 });
      result.observe(7, { b: 2, a: 1 });
    });
    counter.addCallback((result) => result.observe(9, { a: 1, b: 2 }));
    expect((await collect()).points).toEqual([['c', { a: 1, b: 2 }, 9]]);
  });

  test('and bad values are told', async () => {
    const { meter, collect } = fresh();
    const whole = meter.createObservableGauge('whole', { valueType: ValueType.INT });
    whole.addCallback((result) => {
      result.observe('1' as never, { bad: true });
      result.observe(2.5);
    });
    const counter = meter.createObservableCounter('c');
    counter.addCallback((result) => result.observe(-3));
    expect((await collect()).points).toEqual([
      ['whole', {}, 2],
      ['c', {}, 0],
    ]);
    expect(warnings).toEqual([
      'non-number value provided to metric whole: 1',
      'INT value type cannot accept a floating-point value for whole, ignoring the fractional digits.',
    ]);
  });
});

describe('callbacks', () => {
  test('answer a request that anybody in the process makes', async () => {
    const provider = new MeterProvider({ reserveBytes: 2 ** 20 });
    const { arena } = provider;
    let value = 0;
    provider
      .getMeter('m')
      .createObservableGauge('g')
      .addCallback((result) => result.observe(++value));
    const ask = (): void => {
      Atomics.add(arena.i32, OBSERVE, 1);
      Atomics.notify(arena.i32, OBSERVE);
    };
    const heard = async (expected: number): Promise<void> => {
      while (values(arena, 'g')[''] !== expected) await sleep(1);
    };
    ask();
    await heard(1);
    ask();
    await heard(2);
    await provider.shutdown();
    ask();
    await sleep(20);
    expect(value).toBe(2);
  });

  test('are called once where this thread asks itself, and once for all who ask the same', async () => {
    const provider = new MeterProvider({ reserveBytes: 2 ** 20 });
    let calls = 0;
    provider
      .getMeter('m')
      .createObservableGauge('g')
      .addCallback(() => void calls++);
    Atomics.add(provider.arena.i32, OBSERVE, 1);
    Atomics.notify(provider.arena.i32, OBSERVE);
    await provider.observe();
    await sleep(20);
    expect(calls).toBe(1);
    Atomics.add(provider.arena.i32, OBSERVE, 1);
    Atomics.notify(provider.arena.i32, OBSERVE);
    await sleep(20);
    await provider.observe();
    expect(calls).toBe(2);
    await provider.shutdown();
  });

  test('that fail for another thread are told here', async () => {
    const provider = new MeterProvider({ reserveBytes: 2 ** 20 });
    provider
      .getMeter('m')
      .createObservableGauge('g')
      .addCallback(() => Promise.reject(new Error('mine')));
    Atomics.add(provider.arena.i32, OBSERVE, 1);
    Atomics.notify(provider.arena.i32, OBSERVE);
    while (warnings.length === 0) await sleep(1);
    expect(warnings).toEqual([expect.stringContaining('Error: mine')]);
    await provider.shutdown();
  });

  test.each([NaN, Infinity])('that say %s are told and counted', async (bad) => {
    const provider = new MeterProvider({ reserveBytes: 2 ** 20 });
    provider
      .getMeter('m')
      .createObservableGauge('g')
      .addCallback((result) => {
        result.observe(1);
        result.observe(bad);
      });
    await provider.observe();
    expect(values(provider.arena, 'g')).toEqual({ '': 1 });
    expect(values(provider.arena, 'otel_perf.meter_provider.dropped')).toEqual({ '[["reason","not_finite"]]': 1 });
  });
});
