import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Conditions } from '@otel-perf/cpu-pipeline';
import { get_metrics_collector } from '../../src/centralized_metrics_collector.ts';
import { AdaptiveIntelOptimizer, IntelOptimizedPipeline } from '../../src/advanced_cpu_optimizations_intel_i5_10210u.ts';
import { recorded, values } from '../recorded.ts';
import { CLASSIFIER, striped_image } from './set_up.ts';

const QUICK = { adaptation_frequency: 0.01, image_resize_size: [48, 192] } as const;

beforeEach(() => get_metrics_collector().clear_metrics());

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 3000 && !condition(); i++) await sleep(10);
  expect(condition()).toBe(true);
}

describe('without a pipeline', () => {
  test('reads and records the real conditions, those alone that the machine has sensors for', async () => {
    await using optimizer = new AdaptiveIntelOptimizer(QUICK);
    optimizer.start_adaptation();
    optimizer.start_adaptation();
    await until(() => optimizer.get_performance_metrics().adaptation_count >= 5);
    await optimizer.stop_adaptation();
    const metrics = optimizer.get_performance_metrics();
    const cycles = metrics.adaptation_count;
    expect(values('adaptive_intel_optimizer_adaptation_cycles')).toHaveLength(cycles);
    expect(values('adaptive_intel_optimizer_adaptation_time')).toHaveLength(cycles);
    expect(metrics.avg_adaptation_time).toBeCloseTo(metrics.total_adaptation_time / cycles, 12);
    using sensors = new Conditions();
    const { temperatureCelsius, power } = sensors.describe();
    expect(values('adaptive_intel_optimizer_temperature').length > 0).toBe('source' in temperatureCelsius);
    expect(metrics.temperature === null).toBe('reason' in temperatureCelsius);
    if ('reason' in power) expect([metrics.power, values('adaptive_intel_optimizer_power')]).toEqual([null, []]);
    expect(metrics).toMatchObject({ failure_count: 0, last_error: null, decision_count: 0, last_decision: null, performance: null });
    expect(optimizer.get_optimization_params()).toEqual({
      batch_size: null,
      num_workers: null,
      num_threads: null,
      performance_target: 0.8,
      power_constraint: 0.9,
      thermal_constraint: 75,
      memory_threshold: 0.8,
      adaptation_frequency: 0.01,
    });
  });

  test('no cycle follows stop_adaptation, and it can be started again', async () => {
    const optimizer = new AdaptiveIntelOptimizer(QUICK);
    await optimizer.stop_adaptation();
    optimizer.start_adaptation();
    await until(() => optimizer.get_performance_metrics().adaptation_count > 0);
    await Promise.all([optimizer.stop_adaptation(), optimizer.stop_adaptation()]);
    const { adaptation_count } = optimizer.get_performance_metrics();
    await sleep(50);
    expect(optimizer.get_performance_metrics().adaptation_count).toBe(adaptation_count);
    optimizer.start_adaptation();
    await until(() => optimizer.get_performance_metrics().adaptation_count > adaptation_count);
    await optimizer.stop_adaptation();
  });
});

describe('constraints', () => {
  test('can be changed', () => {
    const optimizer = new AdaptiveIntelOptimizer();
    optimizer.set_power_constraint(0.5);
    optimizer.set_thermal_constraint(60);
    expect(optimizer.get_optimization_params()).toMatchObject({ power_constraint: 0.5, thermal_constraint: 60 });
  });

  test.each([
    ['set_power_constraint', 0, RangeError, 'power_constraint must be a number from 0.01 to 1, not 0'],
    ['set_power_constraint', '1', TypeError, 'power_constraint must be a number from 0.01 to 1, not 1'],
    ['set_thermal_constraint', 151, RangeError, 'thermal_constraint must be a number from 1 to 150, not 151'],
    ['set_thermal_constraint', NaN, RangeError, 'thermal_constraint must be a number from 1 to 150, not NaN'],
  ] as const)('%s refuses %p and keeps what was', (method, value, kind, message) => {
    const optimizer = new AdaptiveIntelOptimizer();
    expect(() => optimizer[method](value as number)).toThrow(kind);
    expect(() => optimizer[method](value as number)).toThrow(message);
    expect(optimizer.get_optimization_params()).toMatchObject({ power_constraint: 0.9, thermal_constraint: 75 });
  });

  test('what is no pipeline is not bound', () => {
    expect(() => new AdaptiveIntelOptimizer({}, { pipeline: {} as never })).toThrow('pipeline must be an IntelOptimizedPipeline');
  });
});

describe('with a pipeline', () => {
  test('changes the settings of its model while it works, and follows it when it is started anew', async () => {
    const image = await striped_image(8);
    const pipeline = new IntelOptimizedPipeline(CLASSIFIER, QUICK);
    await using optimizer = new AdaptiveIntelOptimizer(QUICK, { pipeline });
    expect(optimizer.get_optimization_params().num_workers).toBeNull();
    await pipeline.start_pipeline();
    expect(optimizer.get_optimization_params()).toMatchObject({ batch_size: 8, num_threads: 1 });
    optimizer.start_adaptation();

    const [expected] = await pipeline.preprocess_and_infer([], [image, image]);
    const work = { done: false };
    const callers = Array.from({ length: 4 }, async () => {
      while (!work.done) expect((await pipeline.preprocess_and_infer([], [image, image]))[0]).toEqual(expected);
    });
    await until(() => optimizer.get_performance_metrics().decision_count >= 2);
    optimizer.set_power_constraint(0.4);
    await until(() => optimizer.get_performance_metrics().performance !== null);
    work.done = true;
    await Promise.all(callers);
    const { num_workers, num_threads, batch_size, power_constraint } = optimizer.get_optimization_params();
    expect(power_constraint).toBe(0.4);
    for (const setting of [num_workers, num_threads, batch_size]) expect(setting).toBeGreaterThanOrEqual(1);
    const metrics = optimizer.get_performance_metrics();
    expect(metrics).toMatchObject({ failure_count: 0, last_decision: { setting: expect.any(String), reason: expect.any(String) } });
    expect(metrics.throughput).toBeGreaterThan(0);
    expect(new Set(recorded().map(([name]) => name))).toEqual(
      new Set([...recorded().map(([name]) => name), 'adaptive_intel_optimizer_performance', 'cpu_pipeline_decisions']),
    );

    await pipeline.stop_pipeline();
    await sleep(50);
    expect(optimizer.get_optimization_params().num_workers).toBeNull();
    await pipeline.start_pipeline();
    const { adaptation_count } = optimizer.get_performance_metrics();
    await until(() => optimizer.get_performance_metrics().adaptation_count > adaptation_count + 1);
    expect(optimizer.get_optimization_params()).toMatchObject({ batch_size: 8, power_constraint: 0.4 });
    expect(optimizer.get_performance_metrics().last_error).toBeNull();
    await optimizer.stop_adaptation();
    await pipeline.stop_pipeline();
  }, 90_000);

  test('memory beyond the threshold has batches smaller, then workers fewer', async () => {
    await using pipeline = new IntelOptimizedPipeline(CLASSIFIER, QUICK);
    await using optimizer = new AdaptiveIntelOptimizer({ ...QUICK, memory_threshold: 0.01 }, { pipeline });
    await pipeline.start_pipeline();
    optimizer.start_adaptation();
    await until(() => optimizer.get_optimization_params().batch_size! < 8);
    expect(optimizer.get_performance_metrics().last_decision).toEqual({ setting: 'batchSize', reason: 'memory' });
    await until(() => optimizer.get_optimization_params().num_workers === 1);
    expect(optimizer.get_optimization_params().batch_size).toBe(1);
  }, 60_000);

  test('a model that is no ONNX model leaves nothing to tune', async () => {
    const pipeline = new IntelOptimizedPipeline({ run: () => 1 });
    await using optimizer = new AdaptiveIntelOptimizer(QUICK);
    optimizer.bind_pipeline(pipeline);
    await pipeline.start_pipeline();
    optimizer.start_adaptation();
    await until(() => optimizer.get_performance_metrics().adaptation_count >= 2);
    expect(optimizer.get_optimization_params().num_workers).toBeNull();
    await pipeline.stop_pipeline();
  });
});
