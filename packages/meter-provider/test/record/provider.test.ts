import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createNoopMeter, diag } from '@opentelemetry/api';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { AggregationTemporality, InMemoryMetricExporter, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { getEnvironmentData } from 'node:worker_threads';
import { MeterProvider } from '../../src/record/meter-provider.ts';
import { catchDiag, PlainReader, values } from './reading.ts';
import { liveSlots } from './threads.ts';

let warnings: string[];
beforeEach(() => {
  warnings = catchDiag();
});
afterEach(() => diag.disable());

describe('options', () => {
  test.each([-1, 0, 1000, 2 ** 20 - 1, 1.5e6 + 0.5, 2 ** 40, NaN, '64' as never])('reserveBytes %p is refused', (reserveBytes) => {
    expect(() => new MeterProvider({ reserveBytes })).toThrow(RangeError);
    expect(() => new MeterProvider({ reserveBytes })).toThrow('reserveBytes');
  });

  test('an arena is one, and has its size', () => {
    const { buffer } = new MeterProvider({ reserveBytes: 2 ** 20 }).arena;
    expect(buffer.byteLength).toBe(2 ** 20);
    expect(new MeterProvider().arena.buffer.byteLength).toBe(64 * 2 ** 20);
    expect(() => new MeterProvider({ arena: new SharedArrayBuffer(2 ** 20) })).toThrow(TypeError);
    expect(() => new MeterProvider({ arena: buffer, reserveBytes: 2 ** 20 })).toThrow(TypeError);
  });

  test('the resource is that of the SDK by default', async () => {
    const reader = new PlainReader();
    expect(new MeterProvider({ readers: [reader] }).resource.attributes).toEqual(defaultResource().attributes);
    const resource = resourceFromAttributes({ 'service.name': 'mine' });
    const other = new PlainReader();
    expect(new MeterProvider({ readers: [other], resource }).resource).toBe(resource);
    expect((await other.collect()).resourceMetrics.resource).toBe(resource);
  });

  test('a reader has one provider', () => {
    const reader = new PlainReader();
    expect(new MeterProvider({ readers: [reader] })).toBeDefined();
    expect(() => new MeterProvider({ readers: [reader] })).toThrow('can not be bound');
  });
});

describe('two providers', () => {
  test('may record into one arena', async () => {
    const one = new MeterProvider({ reserveBytes: 2 ** 20 });
    const two = new MeterProvider({ arena: one.arena.buffer });
    for (const provider of [one, two]) provider.getMeter('m').createCounter('c').add(1);
    expect(values(one.arena, 'c')).toEqual({ '': 2 });
    await two.shutdown();
    expect(liveSlots(one.arena)).toEqual([0]);
    one.getMeter('m').createCounter('c').add(1);
    expect(values(one.arena, 'c')).toEqual({ '': 3 });
    await one.shutdown();
    expect(liveSlots(one.arena)).toEqual([]);
  });
});

describe('the end', () => {
  test('exports what there is, then gives no more meters', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
    const provider = new MeterProvider({ readers: [reader], reserveBytes: 2 ** 20 });
    const counter = provider.getMeter('m').createCounter('c');
    counter.add(1);
    await provider.forceFlush();
    expect(exporter.getMetrics()).toHaveLength(1);
    counter.add(2);
    const exported = exporter.getMetrics();
    await provider.shutdown();
    expect(exported.map(({ scopeMetrics }) => scopeMetrics[0]!.metrics[0]!.dataPoints[0]!.value)).toEqual([1, 3]);
    expect(values(provider.arena, 'c')).toEqual({ '': 3 });
    expect(warnings).toEqual([]);
    expect(provider.getMeter('m')).toBe(createNoopMeter());
    await provider.forceFlush();
    await provider.shutdown();
    expect(warnings).toEqual([
      'A shutdown MeterProvider cannot provide a Meter',
      'invalid attempt to force flush after MeterProvider shutdown',
      'shutdown may only be called once per MeterProvider',
    ]);
  });

  test('takes its traces with it, also where a reader fails', async () => {
    const listeners = process.listenerCount('exit');
    class Failing extends PlainReader {
      protected override onShutdown = () => Promise.reject(new Error('no'));
    }
    const provider = new MeterProvider({ readers: [new Failing()], reserveBytes: 2 ** 20 });
    provider.getMeter('m').createCounter('c').add(1);
    expect(getEnvironmentData('otel-perf.meter-provider')).toMatchObject({ buffer: provider.arena.buffer });
    await expect(provider.shutdown()).rejects.toThrow('no');
    expect(getEnvironmentData('otel-perf.meter-provider')).toBeUndefined();
    expect(liveSlots(provider.arena)).toEqual([]);
    expect(process.listenerCount('exit')).toBe(listeners);
  });

  test('of one does not withdraw what another has announced since', async () => {
    const [one, two] = [new MeterProvider({ reserveBytes: 2 ** 20 }), new MeterProvider({ reserveBytes: 2 ** 20 })];
    await one.shutdown();
    expect(getEnvironmentData('otel-perf.meter-provider')).toMatchObject({ buffer: two.arena.buffer });
    await two.shutdown();
  });
});
