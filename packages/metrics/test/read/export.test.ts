import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { context, diag, ROOT_CONTEXT, type Context, type ContextManager } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { MetricsFilter } from '../../src/filter/metrics-filter.ts';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';
import { PerformanceMetricReader } from '../../src/read/reader.ts';
import { catchDiag } from '../record/otel.ts';
import { DeltaExporter, fails, find, TestExporter } from './exporters.ts';
import { setUp } from './set-up.ts';

let logged: string[];
beforeEach(() => {
  logged = catchDiag();
});
afterEach(() => {
  diag.disable();
  jest.useRealTimers();
});

async function exportErrors(reader: PerformanceMetricReader): Promise<[unknown, number][]> {
  const metrics = await reader.snapshot(new MetricsFilter().addNameFilter('otel_perf.export.errors'));
  return metrics.map(({ tags, value }) => [tags['exporter'], value]);
}

describe('on its interval the reader', () => {
  beforeEach(() => void jest.useFakeTimers());

  test('passes one collection on to all exporters, each in the temporality that it prefers', async () => {
    const exporters = [new TestExporter(), new DeltaExporter(), new TestExporter(AggregationTemporality.CUMULATIVE)];
    const { collector, provider, meter } = setUp({ exporters, exportIntervalMillis: 1000 });
    let collections = 0;
    meter.createObservableGauge('watch').addCallback(() => void collections++);
    for (const value of [1, 2, 4]) {
      collector.recordCounter('m', value, 's');
      await jest.advanceTimersByTimeAsync(1000);
    }
    expect(collections).toBe(3);
    expect(exporters.map((exporter) => exporter.values('m'))).toEqual([
      [[1], [3], [7]],
      [[1], [2], [4]],
      [[1], [3], [7]],
    ]);
    await provider.shutdown();
  });

  test('works with an exporter of the SDK', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
    const { collector, provider } = setUp({ exporters: [exporter], exportIntervalMillis: 1000 });
    for (const value of [1, 2]) {
      collector.recordCounter('m', value, 's');
      await jest.advanceTimersByTimeAsync(1000);
    }
    expect(exporter.getMetrics().map((each) => [find(each, 'm')!.aggregationTemporality, find(each, 'm')!.dataPoints[0]!.value])).toEqual([
      [AggregationTemporality.DELTA, 1],
      [AggregationTemporality.DELTA, 2],
    ]);
    const stopped = provider.shutdown();
    for (let i = 0; i < 10; i++) await jest.advanceTimersByTimeAsync(1);
    await stopped;
  });

  test('leaves an exporter out while its last export is under way, and it gets all of it afterwards', async () => {
    const slow = new DeltaExporter();
    const quick = new DeltaExporter();
    const { collector, provider } = setUp({ exporters: [slow, quick], exportIntervalMillis: 1000, exportTimeoutMillis: 60_000 });
    let finish = () => {};
    slow.answer = (done) => {
      finish = () => done({ code: 0 });
    };
    for (const value of [1, 2, 4]) {
      collector.recordCounter('m', value, 's');
      await jest.advanceTimersByTimeAsync(1000);
    }
    expect([slow.values('m'), quick.values('m')]).toEqual([[[1]], [[1], [2], [4]]]);
    finish();
    slow.answer = (done) => done({ code: 0 });
    await jest.advanceTimersByTimeAsync(1000);
    expect(slow.values('m')).toEqual([[1], [6]]);
    await provider.shutdown();
  });

  test('never has two collections of its own under way', async () => {
    const { meter, provider } = setUp({ exporters: [new TestExporter()], exportIntervalMillis: 10, collectTimeoutMillis: 1000 });
    let hanging = 0;
    let most = 0;
    meter.createObservableGauge('slow').addCallback(async () => {
      most = Math.max(most, ++hanging);
      await new Promise((resolve) => setTimeout(resolve, 100));
      hanging--;
    });
    await jest.advanceTimersByTimeAsync(500);
    expect(most).toBe(1);
    const stopped = provider.shutdown();
    await jest.advanceTimersByTimeAsync(2000);
    await stopped;
  });
});

describe('an exporter that fails costs only its own part', () => {
  class Broken extends TestExporter {}
  const ways: [string, (exporter: TestExporter) => void][] = [
    ['it reports a failure', (exporter) => (exporter.answer = fails)],
    ['it reports a failure without a reason', (exporter) => (exporter.answer = (done) => done({ code: 1 }))],
    [
      'it throws',
      (exporter) =>
        (exporter.answer = () => {
          throw new Error('broken');
        }),
    ],
    ['it never answers', (exporter) => (exporter.answer = () => {})],
    [
      'its temporality preference throws',
      (exporter) =>
        (exporter.selectAggregationTemporality = () => {
          throw new Error('broken');
        }),
    ],
  ];

  test.each(ways)('%s', async (_, spoil) => {
    const broken = new Broken();
    const good = new TestExporter();
    // Slower than the failure, so that a flush that gave up early would miss it.
    good.answer = (done) => void setTimeout(() => done({ code: 0 }), 40);
    spoil(broken);
    const { reader, collector, provider } = setUp({ exporters: [broken, good], exportTimeoutMillis: 200 });
    collector.recordCounter('m', 1, 's');
    await reader.forceFlush();
    expect(good.values('m')).toEqual([[1]]);
    expect(good.calls).toEqual(['export', 'forceFlush']);
    expect(broken.calls.at(-1)).toBe('forceFlush');
    expect(await exportErrors(reader)).toEqual([['Broken', 1]]);
    expect(logged.filter((line) => line.startsWith('otel-perf: Broken.export failed'))).toHaveLength(1);
    broken.answer = (done) => done({ code: 0 });
    delete broken.selectAggregationTemporality;
    await provider.shutdown();
  });

  test('also in its flush and its shutdown', async () => {
    const broken = new Broken();
    const good = new TestExporter();
    broken.forceFlush = () => Promise.reject(new Error('broken'));
    broken.shutdown = () => {
      throw new Error('broken');
    };
    const { reader, provider } = setUp({ exporters: [broken, good] });
    await reader.forceFlush();
    expect(await exportErrors(reader)).toEqual([['Broken', 1]]);
    await provider.shutdown();
    expect(good.calls.at(-1)).toBe('shutdown');
    expect(logged.filter((line) => /otel-perf: Broken\.(forceFlush|shutdown) failed: broken/.test(line))).toHaveLength(3);
  });
});

describe('forceFlush and shutdown', () => {
  test('deliver what was recorded since the last export, and flush and shut down the exporters', async () => {
    const exporter = new DeltaExporter();
    const { collector, provider } = setUp({ exporters: [exporter] });
    collector.recordCounter('m', 1, 's');
    await provider.forceFlush();
    collector.recordCounter('m', 2, 's');
    await provider.shutdown();
    expect(exporter.values('m')).toEqual([[1], [2]]);
    expect(exporter.calls).toEqual(['export', 'forceFlush', 'export', 'forceFlush', 'shutdown']);
  });

  test('wait for an export under way, and then deliver what came since', async () => {
    const exporter = new DeltaExporter();
    const { collector, reader, provider } = setUp({ exporters: [exporter] });
    let finish = () => {};
    exporter.answer = (done) => {
      finish = () => done({ code: 0 });
    };
    collector.recordCounter('m', 1, 's');
    const first = reader.forceFlush();
    while (exporter.received.length === 0) await new Promise(setImmediate);
    collector.recordCounter('m', 2, 's');
    const second = reader.forceFlush();
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    expect(exporter.received).toHaveLength(1);
    exporter.answer = (done) => done({ code: 0 });
    finish();
    await Promise.all([first, second]);
    expect(exporter.values('m')).toEqual([[1], [2]]);
    await provider.shutdown();
  });

  test('lose nothing to a collection of the timer that is still under way', async () => {
    const exporter = new DeltaExporter();
    const { collector, provider, meter } = setUp({ exporters: [exporter], exportIntervalMillis: 5 });
    const waiting: (() => void)[] = [];
    meter.createObservableGauge('slow').addCallback(() => new Promise<void>((resolve) => waiting.push(resolve)));
    let finish = () => {};
    exporter.answer = (done) => {
      finish = () => done({ code: 0 });
    };
    const settle = async () => {
      for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    };
    collector.recordCounter('m', 1, 's');
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // The timer's collection has what its meter had, and waits for the callback.
    await settle();
    collector.recordCounter('m', 2, 's');
    const stopped = provider.shutdown();
    await settle();
    waiting[0]!();
    await settle();
    expect(exporter.received).toHaveLength(1);
    while (waiting.length < 2) await settle();
    waiting[1]!();
    await settle();
    exporter.answer = (done) => done({ code: 0 });
    finish();
    await stopped;
    expect(
      exporter
        .values('m')
        .flat()
        .reduce((sum: number, value) => sum + (value as number), 0),
    ).toBe(3);
    expect(exporter.calls.at(-1)).toBe('shutdown');
  });

  test('a second shutdown does nothing', async () => {
    const exporter = new TestExporter();
    const { reader } = setUp({ exporters: [exporter] });
    await reader.shutdown();
    await reader.shutdown();
    expect(exporter.calls.filter((call) => call === 'shutdown')).toHaveLength(1);
  });
});

describe('an exporter that prefers deltas', () => {
  test('gets both intervals after a failed export', async () => {
    const exporter = new DeltaExporter();
    const { collector, reader, provider } = setUp({ exporters: [exporter] });
    const answers = [undefined, fails, fails, undefined, undefined];
    for (const [i, answer] of answers.entries()) {
      exporter.answer = answer ?? ((done) => done({ code: 0 }));
      collector.recordCounter('m', 10 ** i, 's');
      await reader.forceFlush();
    }
    expect(exporter.values('m')).toEqual([[1], [10], [110], [1110], [10_000]]);
    await provider.shutdown();
  });

  test('gets intervals that join end to start', async () => {
    const exporter = new DeltaExporter();
    const { collector, reader, provider } = setUp({ exporters: [exporter] });
    for (let i = 0; i < 3; i++) {
      collector.recordCounter('m', 1, 's');
      await reader.forceFlush();
    }
    const points = exporter.received.map((each) => find(each, 'm')!.dataPoints[0]!);
    expect(points.slice(1).map(({ startTime }) => startTime)).toEqual(points.slice(0, -1).map(({ endTime }) => endTime));
    await provider.shutdown();
  });

  test('gets gauges and what may go down as they stand', async () => {
    const exporter = new DeltaExporter();
    const { collector, reader, meter, provider } = setUp({ exporters: [exporter] });
    const open = meter.createUpDownCounter('open');
    for (let i = 0; i < 2; i++) {
      open.add(5);
      collector.recordMemory('heap', 7, 's');
      await reader.forceFlush();
    }
    expect([exporter.values('open'), exporter.values('heap')]).toEqual([
      [[5], [10]],
      [[7], [7]],
    ]);
    expect(find(exporter.received[1]!, 'open')!.aggregationTemporality).toBe(AggregationTemporality.CUMULATIVE);
    await provider.shutdown();
  });

  test('is asked per kind of instrument', async () => {
    const exporter = new TestExporter();
    exporter.selectAggregationTemporality = (type) =>
      type === 'HISTOGRAM' ? AggregationTemporality.CUMULATIVE : AggregationTemporality.DELTA;
    const { collector, reader, provider } = setUp({ exporters: [exporter] });
    for (let i = 0; i < 2; i++) {
      collector.recordCounter('hits', 1, 's');
      collector.recordTiming('load', 1, 's');
      await reader.forceFlush();
    }
    expect([exporter.values('hits')[1], (exporter.values('load_time')[1]![0] as { count: number }).count]).toEqual([[1], 2]);
    await provider.shutdown();
  });

  test('gets an observable counter right when its callback skips a collection or starts again', async () => {
    const exporter = new DeltaExporter();
    const { reader, meter, provider } = setUp({ exporters: [exporter] });
    const observations = [5, undefined, 9, 2, 3];
    meter.createObservableCounter('observed').addCallback((result) => {
      const value = observations.shift();
      if (value === undefined) throw new Error('not now');
      result.observe(value);
    });
    for (let i = 0; i < 5; i++) {
      await reader.forceFlush();
      // A reset is told by the start time, in whole milliseconds.
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    expect(exporter.values('observed')).toEqual([[5], [0], [4], [2], [1]]);
    await provider.shutdown();
  });

  test('does not get a value twice whose series began while the collection was under way', async () => {
    const exporter = new DeltaExporter();
    const { reader, meter, collector, provider } = setUp({ exporters: [exporter] });
    meter.createObservableGauge('slow').addCallback(async () => {
      if (exporter.received.length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
      collector.recordCounter('m', 1, 'other');
    });
    await reader.forceFlush();
    collector.recordCounter('m', 2, 'other');
    await reader.forceFlush();
    expect(exporter.values('m')).toEqual([[1], [2]]);
    await provider.shutdown();
  });
});

test('an exporter without a preference gets cumulative collections', async () => {
  const seen: ResourceMetrics[] = [];
  const exporter: PushMetricExporter = {
    export: (metrics, done) => {
      seen.push(metrics);
      done({ code: 0 });
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const { collector, reader, provider } = setUp({ exporters: [exporter] });
  for (let i = 0; i < 2; i++) {
    collector.recordCounter('m', 1, 's');
    await reader.forceFlush();
  }
  expect(seen.map((each) => find(each, 'm')!.dataPoints[0]!.value)).toEqual([1, 2]);
  await provider.shutdown();
});

describe('what the exporters get', () => {
  test('comes in a context in which nothing is traced', async () => {
    let active: Context = ROOT_CONTEXT;
    // Synchronous is enough: exporters are called within the context.
    const manager = {
      active: () => active,
      with: (given: Context, fn: (...args: unknown[]) => unknown, self: unknown, ...args: unknown[]) => {
        const before = active;
        active = given;
        try {
          return Reflect.apply(fn, self, args);
        } finally {
          active = before;
        }
      },
      bind: (_given: Context, target: unknown) => target,
      enable: () => manager,
      disable: () => manager,
    };
    context.setGlobalContextManager(manager as unknown as ContextManager);
    try {
      const exporter = new TestExporter();
      const suppressed: unknown[] = [];
      exporter.answer = (done) => {
        suppressed.push(context.active().getValue(Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')));
        done({ code: 0 });
      };
      const { provider } = setUp({ exporters: [exporter] });
      await provider.forceFlush();
      expect(suppressed).toEqual([true]);
      expect(context.active()).toBe(ROOT_CONTEXT);
    } finally {
      context.disable();
    }
  });

  test('has the resource attributes that are found out asynchronously', async () => {
    const exporter = new TestExporter();
    const reader = new PerformanceMetricReader({ exporters: [exporter], collector: new CentralizedMetricsCollector() });
    const found = new Promise<string>((resolve) => setTimeout(() => resolve('found'), 5));
    const resource = resourceFromAttributes({ 'host.id': found });
    const provider = new MeterProvider({ readers: [reader], resource });
    await provider.forceFlush();
    expect(exporter.received[0]!.resource.attributes['host.id']).toBe('found');
    await provider.shutdown();
  });
});
