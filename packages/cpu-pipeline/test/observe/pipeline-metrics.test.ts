import { describe, expect, test } from '@jest/globals';
import { MetricType, PrometheusTextSerializer } from '@otel-perf/metrics';
import { failed } from '../../src/pipeline/failed.ts';
import { InferencePipeline } from '../../src/pipeline/inference-pipeline.ts';
import { stage } from '../../src/pipeline/stages.ts';
import { all, Door, numbers, settle } from '../pipeline/helpers.ts';
import { setUp, shown } from './set-up.ts';

function start(name = 'ocr') {
  const { collector, reader, provider } = setUp();
  const door = new Door();
  const make = (pipelineName: string) =>
    new InferencePipeline({
      name: pipelineName,
      collector,
      timedPerSecond: 1e9,
      stages: stage({
        name: 'prepare',
        concurrency: 3,
        run: (item: number) => {
          if (item === 1) throw new TypeError('bad');
          return item;
        },
      }).into({
        name: 'infer',
        concurrency: 2,
        batch: { size: 4 },
        runBatch: async (items) => {
          await door.wait();
          return items.map((item) => (item === 2 ? failed(new RangeError('worse')) : item));
        },
      }),
    });
  return { collector, reader, provider, door, make, pipeline: make(name) };
}

async function submitAll(pipeline: InferencePipeline<number, unknown>, door: Door): Promise<void> {
  const submitted = Promise.allSettled([...numbers(6)].map((item) => pipeline.submit(item)));
  await settle();
  await door.openAll();
  await submitted;
}

describe('the metrics of a pipeline', () => {
  test('are exact whenever somebody collects, with the tags of docs/metric-names.md', async () => {
    const { pipeline, door, reader, provider } = start();
    expect(await shown(reader)).toEqual({
      'cpu_pipeline_items ocr': 0,
      'cpu_pipeline_cancelled_items ocr': 0,
      'cpu_pipeline_queue_depth ocr prepare': 0,
      'cpu_pipeline_workers ocr prepare': 3,
      'cpu_pipeline_queue_depth ocr infer': 0,
      'cpu_pipeline_workers ocr infer': 2,
      'cpu_pipeline_batch_size ocr infer': 4,
    });
    await submitAll(pipeline, door);
    const controller = new AbortController();
    const cancelled = pipeline.submit(9, { signal: controller.signal });
    controller.abort('stop');
    await expect(cancelled).rejects.toBe('stop');
    pipeline.setBatchSize('infer', 5);
    pipeline.setConcurrency('prepare', 1);
    expect(await shown(reader)).toEqual({
      'cpu_pipeline_items ocr': 6,
      'cpu_pipeline_cancelled_items ocr': 1,
      'cpu_pipeline_failed_items ocr prepare TypeError': 1,
      'cpu_pipeline_failed_items ocr infer RangeError': 1,
      'cpu_pipeline_queue_depth ocr prepare': 0,
      'cpu_pipeline_workers ocr prepare': 1,
      'cpu_pipeline_queue_depth ocr infer': 0,
      'cpu_pipeline_workers ocr infer': 2,
      'cpu_pipeline_batch_size ocr infer': 5,
      'cpu_pipeline_time ocr': 4,
      'cpu_pipeline_time ocr TypeError': 1,
      'cpu_pipeline_time ocr RangeError': 1,
      // A call each, of which that of the batches are two, whatever became of their items.
      'cpu_pipeline_stage_time ocr prepare': 6,
      'cpu_pipeline_stage_time ocr prepare TypeError': 1,
      'cpu_pipeline_stage_time ocr infer': 2,
      'cpu_pipeline_wait_time ocr prepare': 7,
      'cpu_pipeline_wait_time ocr infer': 5,
    });
    await pipeline.close();
    await provider.shutdown();
  });

  test('have their types, and their names in Prometheus', async () => {
    const { pipeline, door, reader, provider } = start();
    await submitAll(pipeline, door);
    const outcomes = all(pipeline.run(numbers(3)));
    await settle();
    await door.openAll();
    await outcomes;
    const types = new Map((await reader.snapshot(({ source }) => source === 'cpu_pipeline')).map(({ name, type }) => [name, type]));
    expect(Object.fromEntries(types)).toEqual({
      cpu_pipeline_time: MetricType.TIME,
      cpu_pipeline_stage_time: MetricType.TIME,
      cpu_pipeline_wait_time: MetricType.TIME,
      cpu_pipeline_queue_depth: MetricType.CUSTOM,
      cpu_pipeline_batch_size: MetricType.CUSTOM,
      cpu_pipeline_workers: MetricType.CUSTOM,
      cpu_pipeline_items: MetricType.COUNTER,
      cpu_pipeline_failed_items: MetricType.COUNTER,
      cpu_pipeline_cancelled_items: MetricType.COUNTER,
      cpu_pipeline_throughput: MetricType.THROUGHPUT,
    });
    const text = new PrometheusTextSerializer().serialize((await reader.collect()).resourceMetrics);
    for (const name of [
      'cpu_pipeline_time_seconds_bucket',
      'cpu_pipeline_stage_time_seconds_bucket',
      'cpu_pipeline_wait_time_seconds_bucket',
      'cpu_pipeline_queue_depth',
      'cpu_pipeline_batch_size',
      'cpu_pipeline_items_total',
      'cpu_pipeline_failed_items_total',
      'cpu_pipeline_cancelled_items_total',
      'cpu_pipeline_throughput_per_second',
      'cpu_pipeline_workers',
    ])
      expect(text).toMatch(new RegExp(`^${name}\\{.*pipeline_name="ocr"`, 'm'));
    await pipeline.close();
    await provider.shutdown();
  });

  test('show what waits', async () => {
    const { pipeline, door, reader, provider } = start();
    const submitted = Promise.all([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13].map((item) => pipeline.submit(item)));
    await settle();
    expect(await shown(reader)).toMatchObject({ 'cpu_pipeline_queue_depth ocr infer': 3, 'cpu_pipeline_queue_depth ocr prepare': 0 });
    await door.openAll();
    await submitted;
    expect(await shown(reader)).toMatchObject({ 'cpu_pipeline_queue_depth ocr infer': 0 });
    await pipeline.close();
    await provider.shutdown();
  });

  test('of the throughput are those of the last run', async () => {
    const { collector, provider } = setUp();
    const pipeline = new InferencePipeline({
      collector,
      stages: stage({ name: 'a', run: async (item: number) => (await settle(), item) }),
    });
    const startedAt = performance.now();
    await all(pipeline.run(numbers(20)));
    const atLeast = 20_000 / (performance.now() - startedAt);
    const { lastValue, count } = collector.getMetricStats('cpu_pipeline_throughput')!;
    expect(count).toBe(1);
    expect(lastValue).toBeGreaterThanOrEqual(atLeast);
    await all(pipeline.run([]));
    expect(collector.getMetricStats('cpu_pipeline_throughput')).toMatchObject({ count: 1 });
    await pipeline.close();
    await provider.shutdown();
  });

  test('end with it, and what it has counted stays', async () => {
    const { pipeline, door, reader, provider, make } = start();
    await submitAll(pipeline, door);
    await pipeline.close();
    const after = await shown(reader);
    expect(after).toMatchObject({ 'cpu_pipeline_items ocr': 6, 'cpu_pipeline_failed_items ocr prepare TypeError': 1 });
    expect(after).not.toHaveProperty(['cpu_pipeline_queue_depth ocr prepare']);
    const next = make('ocr');
    await submitAll(next, door);
    expect(await shown(reader)).toMatchObject({
      'cpu_pipeline_items ocr': 12,
      'cpu_pipeline_failed_items ocr prepare TypeError': 2,
      'cpu_pipeline_queue_depth ocr prepare': 0,
    });
    await next.close();
    await provider.shutdown();
  });

  test('of two pipelines are apart', async () => {
    const { pipeline, door, reader, provider, make } = start('left');
    const right = make('right');
    await submitAll(pipeline, door);
    right.setBatchSize('infer', 9);
    expect(await shown(reader)).toMatchObject({
      'cpu_pipeline_items left': 6,
      'cpu_pipeline_items right': 0,
      'cpu_pipeline_batch_size left infer': 4,
      'cpu_pipeline_batch_size right infer': 9,
    });
    await Promise.all([pipeline.close(), right.close()]);
    await provider.shutdown();
  });

  test('of a collector that is off are none, and the load is there all the same', async () => {
    const { pipeline, door, collector, provider } = start();
    collector.disable();
    await submitAll(pipeline, door);
    expect(collector.getMetricStats('cpu_pipeline_time')?.count ?? 0).toBe(0);
    expect(pipeline.read()).toMatchObject({ items: 4 });
    await pipeline.close();
    await provider.shutdown();
  });

  test('keep error types few', async () => {
    const { collector, reader, provider } = setUp();
    const pipeline = new InferencePipeline({
      name: 'ocr',
      collector,
      stages: stage({
        name: 'a',
        run: (item: number): number => {
          throw Object.assign(new Error(), { name: `Error${item}` });
        },
      }),
    });
    await all(pipeline.run(numbers(50)));
    const failures = Object.entries(await shown(reader)).filter(([name]) => name.startsWith('cpu_pipeline_failed_items'));
    expect(failures.length).toBe(21);
    expect(Object.fromEntries(failures)).toMatchObject({
      'cpu_pipeline_failed_items ocr a _OTHER': 30,
      'cpu_pipeline_failed_items ocr a Error3': 1,
    });
    await pipeline.close();
    await provider.shutdown();
  });
});
