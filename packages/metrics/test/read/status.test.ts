import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { diag } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { PerformanceMetricReader } from '../../src/read/reader.ts';
import { catchDiag } from '../record/otel.ts';
import { fails, TestExporter } from './exporters.ts';
import { setUp } from './set-up.ts';

class Other extends TestExporter {}

let logged: string[];
beforeEach(() => {
  logged = catchDiag();
});
afterEach(() => {
  diag.disable();
  jest.useRealTimers();
});

describe('the status of a reader', () => {
  test('says whether a provider has it, and whether it is shut down', async () => {
    const reader = new PerformanceMetricReader();
    expect(reader.status).toEqual({ attached: false, isShutDown: false, collections: 0, exporters: [] });
    const provider = new MeterProvider({ readers: [reader] });
    expect(reader.status).toMatchObject({ attached: true, isShutDown: false });
    await provider.shutdown();
    expect(reader.status).toMatchObject({ attached: true, isShutDown: true });
  });

  test('counts the collections that somebody asked for', async () => {
    const { reader, provider } = setUp({ exporters: [new TestExporter()] });
    await reader.snapshot();
    await reader.report();
    await reader.collectSelected();
    expect(reader.status.collections).toBe(3);
    await reader.forceFlush();
    expect(reader.status.collections).toBe(4);
    await provider.shutdown();
  });

  test('counts none by which it only drains itself', async () => {
    jest.useFakeTimers();
    const { reader, provider, meter } = setUp({ drainIntervalMillis: 1000 });
    let drains = 0;
    meter.createObservableGauge('watch').addCallback(() => void drains++);
    await jest.advanceTimersByTimeAsync(3000);
    expect([drains, reader.status.collections]).toEqual([3, 0]);
    await reader.snapshot();
    await jest.advanceTimersByTimeAsync(2000);
    expect([drains, reader.status.collections]).toEqual([5, 1]);
    await provider.shutdown();
  });

  test('counts none that fails as a whole', async () => {
    const reader = new PerformanceMetricReader();
    await expect(reader.snapshot()).rejects.toThrow();
    expect(reader.status.collections).toBe(0);
  });

  test('is of the moment in which it is asked for', async () => {
    const { reader, provider } = setUp({ exporters: [new TestExporter()] });
    const before = reader.status;
    await reader.forceFlush();
    expect(before).toEqual({
      attached: true,
      isShutDown: false,
      collections: 0,
      exporters: [{ name: 'TestExporter', succeeded: 0, failed: 0 }],
    });
    await provider.shutdown();
  });
});

describe('the status of its exporters', () => {
  test('counts what each delivered and did not, with the error of the newest export', async () => {
    const [good, bad] = [new TestExporter(), new Other()];
    const { reader, provider } = setUp({ exporters: [good, bad] });
    bad.answer = fails;
    await reader.forceFlush();
    await reader.forceFlush();
    expect(reader.status.exporters).toEqual([
      { name: 'TestExporter', succeeded: 2, failed: 0 },
      { name: 'Other', succeeded: 0, failed: 2, error: 'no route to host' },
    ]);
    bad.answer = (done) => done({ code: 0 });
    await reader.forceFlush();
    expect(reader.status.exporters[1]).toEqual({ name: 'Other', succeeded: 1, failed: 2 });
    await provider.shutdown();
  });

  test.each<[string, TestExporter['answer'], RegExp]>([
    ['one that takes too long', () => {}, /TestExporter\.export took longer than 20 ms/],
    [
      'one that throws',
      () => {
        throw new Error('broken');
      },
      /^broken$/,
    ],
    ['one that fails without a reason', (done) => done({ code: 1 }), /^the exporter gave no reason$/],
    [
      'a connection that is refused by all addresses',
      (done) => done({ code: 1, error: new AggregateError([new Error('refused by ::1'), new Error('refused by 127.0.0.1')]) }),
      /^refused by ::1; refused by 127\.0\.0\.1$/,
    ],
  ])('has the reason of %s', async (_, answer, reason) => {
    const exporter = new TestExporter();
    exporter.answer = answer;
    const { reader, provider } = setUp({ exporters: [exporter], exportTimeoutMillis: 20 });
    await reader.forceFlush();
    expect(reader.status.exporters).toEqual([{ name: 'TestExporter', succeeded: 0, failed: 1, error: expect.stringMatching(reason) }]);
    await provider.shutdown();
  });

  test('is of exports alone: a flush or shutdown that fails is none', async () => {
    const exporter = new TestExporter();
    exporter.forceFlush = () => Promise.reject(new Error('cannot flush'));
    const { reader, provider } = setUp({ exporters: [exporter] });
    await reader.forceFlush();
    expect(reader.status.exporters).toEqual([{ name: 'TestExporter', succeeded: 1, failed: 0 }]);
    await provider.shutdown();
  });
});

describe('onExportError', () => {
  test('is told of every export, flush and shutdown that fails, with the exporter and the error itself', async () => {
    const told: [string, unknown][] = [];
    const [good, bad] = [new TestExporter(), new Other()];
    const [exportError, flushError, shutdownError] = ['export', 'flush', 'shutdown'].map((what) => new Error(what));
    bad.answer = (done) => done({ code: 1, error: exportError! });
    bad.forceFlush = () => Promise.reject(flushError);
    bad.shutdown = () => Promise.reject(shutdownError);
    const { reader, provider } = setUp({ exporters: [good, bad], onExportError: (...error) => void told.push(error) });
    await reader.forceFlush();
    expect(told).toEqual([
      ['Other', exportError],
      ['Other', flushError],
    ]);
    expect(told[0]![1]).toBe(exportError);
    await provider.shutdown();
    expect(told.slice(2)).toEqual([
      ['Other', exportError],
      ['Other', flushError],
      ['Other', shutdownError],
    ]);
  });

  test('may throw: that is logged, and costs nothing', async () => {
    const [good, bad] = [new TestExporter(), new Other()];
    bad.answer = fails;
    const onExportError = () => {
      throw new Error('a fault of mine');
    };
    const { reader, provider } = setUp({ exporters: [bad, good], onExportError });
    await reader.forceFlush();
    await reader.forceFlush();
    expect(reader.status.exporters).toMatchObject([
      { name: 'Other', failed: 2 },
      { name: 'TestExporter', succeeded: 2 },
    ]);
    expect(logged.filter((line) => line.includes('onExportError threw: Error: a fault of mine'))).toHaveLength(2);
    const counted = await reader.snapshot(({ name }) => name === 'otel_perf.export.errors');
    expect(counted.map(({ value }) => value)).toEqual([2]);
    await provider.shutdown();
  });
});
