import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AggregationType, type ViewOptions } from '@opentelemetry/sdk-metrics';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { TestExporter } from './exporters.ts';
import { setUp } from './set-up.ts';

/** Counts the collections, as an instrumentation sees them. */
function watched(options: Parameters<typeof setUp>[0]) {
  const all = setUp(options);
  const counted = { ...all, collections: 0 };
  all.meter.createObservableGauge('watch').addCallback(() => void counted.collections++);
  return counted;
}

describe('a reader that nobody asks', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('collects by itself once in each interval', async () => {
    const watch = watched({ drainIntervalMillis: 1000 });
    for (let i = 1; i <= 20; i++) {
      await jest.advanceTimersByTimeAsync(1000);
      expect(watch.collections).toBe(i);
    }
    await watch.provider.shutdown();
  });

  test('keeps what the SDK holds between collections from growing, with a view present', async () => {
    const views: ViewOptions[] = [{ instrumentName: 'm', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }];
    const { collector, provider } = setUp({ views, drainIntervalMillis: 1000 });
    const series = Array.from({ length: 10 }, (_, shard) => collector.series({ name: 'm', type: 'time', source: 's', tags: { shard } }));
    const held: number[] = [];
    for (let i = 0; i < 30; i++) {
      for (const each of series) for (let n = 0; n < 10; n++) each.record(1);
      held.push(pending(provider));
      await jest.advanceTimersByTimeAsync(1000);
      held.push(pending(provider));
    }
    // Of what is recorded in an interval nothing is left once the interval is over.
    expect(new Set(held)).toEqual(new Set([10, 0]));
    await provider.shutdown();
  });

  test('also where the exports are further apart', async () => {
    const exporter = new TestExporter();
    const watch = watched({ exporters: [exporter], exportIntervalMillis: 10_000, drainIntervalMillis: 1000 });
    await jest.advanceTimersByTimeAsync(9500);
    expect([watch.collections, exporter.received.length]).toEqual([9, 0]);
    await jest.advanceTimersByTimeAsync(1000);
    expect(exporter.received).toHaveLength(1);
    await watch.provider.shutdown();
  });

  test('leaves it to those who do ask', async () => {
    const watch = watched({ drainIntervalMillis: 1000 });
    for (let i = 0; i < 10; i++) {
      await jest.advanceTimersByTimeAsync(500);
      await watch.reader.snapshot();
      await jest.advanceTimersByTimeAsync(500);
    }
    expect(watch.collections).toBe(10);
    await watch.provider.shutdown();
  });

  test('stops with its provider', async () => {
    const watch = watched({ drainIntervalMillis: 1000 });
    await watch.provider.shutdown();
    const { collections } = watch;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(watch.collections).toBe(collections);
    expect(jest.getTimerCount()).toBe(0);
  });
});

/** Series that the SDK holds and that no collection has taken yet: it has no public name for them. */
function pending(provider: object): number {
  const { meterSharedStates } = (provider as { _sharedState: { meterSharedStates: Map<string, object> } })._sharedState;
  let sum = 0;
  for (const state of meterSharedStates.values()) {
    const { metricStorageRegistry } = state as { metricStorageRegistry: { _sharedRegistry: Map<string, object[]> } };
    for (const storage of [...metricStorageRegistry._sharedRegistry.values()].flat()) {
      const { _deltaMetricStorage, _temporalMetricStorage } = storage as {
        _deltaMetricStorage: { _activeCollectionStorage: { size: number } };
        _temporalMetricStorage: { _unreportedAccumulations: Map<unknown, object[]> };
      };
      sum += _deltaMetricStorage._activeCollectionStorage.size;
      for (const stash of _temporalMetricStorage._unreportedAccumulations.values()) sum += stash.length;
    }
  }
  return sum;
}

test('a process with a reader and nothing else to do ends by itself', async () => {
  const root = join(import.meta.dirname, '../../src');
  const [reader, collector] = ['read/reader.ts', 'record/global-collector.ts'].map((file) =>
    JSON.stringify(pathToFileURL(join(root, file)).href),
  );
  const script = `
    import { metrics } from '@opentelemetry/api';
    import { ConsoleMetricExporter, MeterProvider } from '@opentelemetry/sdk-metrics';
    import { PerformanceMetricReader } from ${reader};
    import { getMetricsCollector } from ${collector};
    const reader = new PerformanceMetricReader({ exporters: [new ConsoleMetricExporter()], exportIntervalMillis: 600_000, drainIntervalMillis: 600_000 });
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    getMetricsCollector().recordCounter('m', 1);
    console.log((await reader.snapshot()).length);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--no-warnings', '-e', script], {
    cwd: join(import.meta.dirname, '../..'),
    timeout: 60_000,
  });
  expect(stdout).toBe('1\n');
}, 70_000);
