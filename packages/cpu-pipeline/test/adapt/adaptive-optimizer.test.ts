import { diag, DiagLogLevel } from '@opentelemetry/api';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { CentralizedMetricsCollector, PerformanceMetricReader } from '@otel-perf/metrics';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { setTimeout as sleep } from 'node:timers/promises';
import { AdaptiveOptimizer } from '../../src/adapt/adaptive-optimizer.ts';
import type { AdaptiveOptimizerOptions } from '../../src/adapt/options.ts';
import type { Load, Settings, Tunable } from '../../src/adapt/tunable.ts';
import { LIMITS } from './plant.ts';
import { setUp } from './run.ts';

const collector = new CentralizedMetricsCollector();
afterEach(() => diag.disable());

/** A pipeline on this machine that finishes items as time passes, and may take its time to apply. */
function tunable({ applyMillis = 0, settings = { batchSize: 1, workers: 1, threads: 1 } as Settings } = {}) {
  let at = performance.now();
  const counts = { reads: 0, applying: 0, applied: 0, overlaps: 0 };
  const pipeline: Tunable & { settings: Settings } = {
    settings,
    limits: LIMITS,
    read: () => {
      counts.reads++;
      if (counts.applying > 0) counts.overlaps++;
      const seconds = (performance.now() - at) / 1000;
      at = performance.now();
      return { seconds, items: Math.round(seconds * 1e5), p95Seconds: 0.001, waiting: 5 };
    },
    apply: async (wanted) => {
      counts.applying++;
      await sleep(applyMillis);
      counts.applying--;
      counts.applied++;
      pipeline.settings = wanted;
    },
  };
  return { pipeline, counts };
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!holds() && performance.now() < end) await sleep(5);
  expect(holds()).toBe(true);
}

describe('options', () => {
  test.each<[AdaptiveOptimizerOptions, Error]>([
    [{ target: 'latency' as never }, new TypeError('target must be "throughput" or { p95BelowSeconds }, not latency')],
    [{ target: { p95BelowSeconds: 0 } }, new RangeError('target.p95BelowSeconds must be a number from 0.000001 to 3600, not 0')],
    [{ intervalSeconds: 0 }, new RangeError('intervalSeconds must be a number from 0.01 to 3600, not 0')],
    [{ performanceTarget: 1 }, new RangeError('performanceTarget must be a number from 0.1 to 0.99, not 1')],
    [{ powerConstraint: 1.1 }, new RangeError('powerConstraint must be a number from 0.01 to 1, not 1.1')],
    [{ thermalConstraint: Number.NaN }, new RangeError('thermalConstraint must be a number from 1 to 150, not NaN')],
    [{ memoryThreshold: '0.8' as never }, new TypeError('memoryThreshold must be a number from 0.01 to 1, not "0.8"')],
    [{ eventLoopThresholdSeconds: 0 }, new RangeError('eventLoopThresholdSeconds must be a number from 0.001 to 60, not 0')],
    [{ pressureThreshold: 0 }, new RangeError('pressureThreshold must be a number from 0.01 to 1, not 0')],
    [{ throttlingThreshold: 2 }, new RangeError('throttlingThreshold must be a number from 0.01 to 1, not 2')],
    [{ coolDownSeconds: -1 }, new RangeError('coolDownSeconds must be a number from 0 to 3600, not -1')],
    [{ reprobeSeconds: 0 }, new RangeError('reprobeSeconds must be a number from 1 to 86400, not 0')],
    [{ minItems: 0 }, new RangeError('minItems must be an integer of at least 1, not 0')],
    [{ maxDecisions: 1.5 }, new RangeError('maxDecisions must be an integer from 1 to 100000, not 1.5')],
    [{ onDecision: 1 as never }, new TypeError('onDecision must be a function, not 1')],
  ])('%j', (options, error) => {
    expect(() => new AdaptiveOptimizer(tunable().pipeline, options)).toThrow(error);
  });
});

describe('decisions', () => {
  test('are kept with the readings that caused them, the newest, and told of', async () => {
    const told: unknown[] = [];
    const { optimizer, plant, run } = setUp({ maxDecisions: 3, onDecision: (decision) => void told.push(decision) });
    const before = Date.now();
    await run(10);
    expect(told.length).toBeGreaterThan(3);
    expect(optimizer.decisions).toEqual(told.slice(-3));
    expect(optimizer.stats().decisions).toBe(told.length);
    for (const { at, from, to, load, conditions } of optimizer.decisions) {
      expect(at).toBeGreaterThanOrEqual(before);
      expect(from).not.toEqual(to);
      expect(load.items).toBeGreaterThanOrEqual(20);
      expect(conditions.effectiveCpus).toBe(2);
    }
    expect(optimizer.decisions.at(-1)!.to).toEqual(plant.settings);
  });

  test('one that cannot be applied is recorded, changes nothing, and is put off twice as long each time', async () => {
    const { optimizer, plant, run } = setUp();
    plant.failing = true;
    await run(60);
    expect(plant.settings).toEqual({ batchSize: 1, workers: 1, threads: 1 });
    const { decisions } = optimizer;
    expect(decisions.length).toBeGreaterThan(3);
    expect(decisions.length).toBeLessThan(12);
    for (const decision of decisions)
      expect(decision).toMatchObject({ reason: 'apply_failed', error: new Error('no such settings today') });
    plant.failing = false;
    await run(120);
    expect(plant.settings).toMatchObject({ workers: 2, threads: 1 });
  });

  test('a listener that throws or rejects is warned of once', async () => {
    const warn = jest.fn();
    diag.setLogger({ warn, error() {}, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);
    warn.mockClear();
    const { optimizer, run } = setUp({
      onDecision: async () => {
        throw new Error('not me');
      },
    });
    await run(5);
    expect(optimizer.stats().decisions).toBeGreaterThan(1);
    expect(warn.mock.calls).toEqual([
      ['otel-perf: onDecision of an optimizer failed; further failures are not reported', new Error('not me')],
    ]);
  });

  test('settings that somebody else sets are where it goes on from', async () => {
    const { plant, optimizer, run } = setUp();
    await run(8);
    plant.settings = { batchSize: 32, workers: 1, threads: 1 };
    const { length } = optimizer.decisions;
    await run(8);
    expect(optimizer.decisions[length]!.from).toEqual({ batchSize: 32, workers: 1, threads: 1 });
    expect(plant.settings).toMatchObject({ workers: 2, threads: 1 });
  });

  test('cycles with too few items count together', async () => {
    const { optimizer, run } = setUp({ minItems: 1_000_000 });
    await run(20);
    expect(optimizer.decisions).toEqual([]);
  });
});

describe('the timer', () => {
  test('runs cycles with the sensors of this machine, one at a time', async () => {
    const { pipeline, counts } = tunable({ applyMillis: 60 });
    const optimizer = new AdaptiveOptimizer(pipeline, { intervalSeconds: 0.01, coolDownSeconds: 0, collector });
    optimizer.start();
    optimizer.start();
    expect(optimizer.running).toBe(true);
    await until(() => counts.applied >= 2);
    await optimizer.stop();
    expect(optimizer.running).toBe(false);
    expect(counts).toMatchObject({ applying: 0, overlaps: 0 });
    const { cycles, averageAdaptationSeconds, conditions, throughput } = optimizer.stats();
    expect(averageAdaptationSeconds).toBeGreaterThan(0);
    expect(throughput).toBeGreaterThan(0);
    expect(conditions!.memory!.share).toBeGreaterThan(0);
    await sleep(50);
    expect(optimizer.stats().cycles).toBe(cycles);
    optimizer.start();
    await until(() => optimizer.stats().cycles > cycles);
    await optimizer.stop();
  });

  test('a cycle that throws is warned of once, and the next runs', async () => {
    const warn = jest.fn();
    diag.setLogger({ warn, error() {}, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);
    warn.mockClear();
    const { pipeline } = tunable();
    let reads = 0;
    const failing: Tunable = {
      ...pipeline,
      read: () => {
        if (++reads > 1) throw new Error('unreadable');
        return pipeline.read();
      },
    };
    const optimizer = new AdaptiveOptimizer(failing, { intervalSeconds: 0.01, collector });
    optimizer.start();
    await until(() => reads > 4);
    await optimizer.stop();
    expect(warn.mock.calls).toEqual([
      ['otel-perf: a cycle of an optimizer failed; further failures are not reported', new Error('unreadable')],
    ]);
    await expect(optimizer.adapt()).rejects.toThrow('unreadable');
    optimizer[Symbol.dispose]();
  });

  test('a pipeline that cannot be read when it starts is told, and may be started later, with all metrics', async () => {
    const { pipeline } = tunable();
    let broken = true;
    const read = (): Load => {
      if (broken) throw new Error('unreadable');
      return pipeline.read();
    };
    let provider: MeterProvider | undefined;
    const late = { getMeter: (...args: Parameters<MeterProvider['getMeter']>) => provider!.getMeter(...args) };
    const own = new CentralizedMetricsCollector({ meterProvider: late });
    const reader = new PerformanceMetricReader({ collector: own });
    provider = new MeterProvider({ readers: [reader] });
    const optimizer = new AdaptiveOptimizer({ ...pipeline, read }, { collector: own });
    expect(() => optimizer.start()).toThrow('unreadable');
    expect(optimizer.running).toBe(false);
    broken = false;
    optimizer.start();
    await optimizer.adapt();
    const { resourceMetrics } = await reader.collect();
    const names = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics).map(({ descriptor }) => descriptor.name);
    expect(names).toContain('cpu_pipeline_effective_cpus');
    await optimizer.stop();
    await provider.shutdown();
  });

  test('two that ask for a cycle at a time get the same', async () => {
    const { plant, optimizer } = setUp();
    plant.run();
    const [one, other] = [optimizer.adapt(), optimizer.adapt()];
    expect(one).toBe(other);
    await one;
    expect(optimizer.stats().cycles).toBe(1);
  });

  test('once it is disposed of it does not start again', async () => {
    const { pipeline } = tunable();
    const optimizer = new AdaptiveOptimizer(pipeline, { collector });
    optimizer.start();
    optimizer[Symbol.dispose]();
    optimizer[Symbol.dispose]();
    expect(optimizer.running).toBe(false);
    expect(() => optimizer.start()).toThrow('the optimizer was disposed of');
    await expect(optimizer.adapt()).rejects.toThrow('the optimizer was disposed of');
    await optimizer.stop();
  });

  test('says what its constraints hold to before it runs', () => {
    const optimizer = new AdaptiveOptimizer(tunable().pipeline, { memoryThreshold: 0.7, collector });
    expect(optimizer.constraints()).toMatchObject({ memory: { bound: 0.7, holding: false }, temperature: { bound: 75 } });
  });
});

test('conditions and decisions are metrics; what has no sensor has none', async () => {
  let provider: MeterProvider | undefined;
  const late = { getMeter: (...args: Parameters<MeterProvider['getMeter']>) => provider!.getMeter(...args) };
  const own = new CentralizedMetricsCollector({ meterProvider: late });
  const reader = new PerformanceMetricReader({ collector: own });
  provider = new MeterProvider({ readers: [reader] });
  const { run, optimizer } = setUp({ collector: own });
  await run(5);
  const { resourceMetrics } = await reader.collect();
  const found = new Map(resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics).map((metric) => [metric.descriptor.name, metric]));
  const names = [...found.keys()].filter((name) => name.startsWith('cpu_pipeline_')).sort();
  expect(names).toEqual([
    'cpu_pipeline_adaptation_time',
    'cpu_pipeline_cpu_pressure',
    'cpu_pipeline_decisions',
    'cpu_pipeline_effective_cpus',
    'cpu_pipeline_event_loop_delay_seconds',
    'cpu_pipeline_event_loop_utilization',
    'cpu_pipeline_idle_cpus',
    'cpu_pipeline_involuntary_switches_per_second',
    'cpu_pipeline_io_pressure',
    'cpu_pipeline_memory_pressure',
    'cpu_pipeline_memory_use',
    'cpu_pipeline_performance',
  ]);
  const points = found.get('cpu_pipeline_decisions')!.dataPoints;
  const counted = points.reduce((sum, { value }) => sum + (value as number), 0);
  expect(counted).toBe(optimizer.stats().decisions);
  expect(points.map(({ attributes }) => attributes)).toContainEqual({ setting: 'workers', reason: 'probe' });
  await optimizer.stop();
  await provider.shutdown();
});
