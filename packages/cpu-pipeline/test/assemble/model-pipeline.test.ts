import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';
import { BuddyAllocator, MemoryPool } from '@otel-perf/memory-pool';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { AdaptiveOptimizer } from '../../src/adapt/adaptive-optimizer.ts';
import { createModelPipeline } from '../../src/assemble/model-pipeline.ts';
import { createSharedPool } from '../../src/assemble/shared-pool.ts';
import type { Tensors } from '../../src/assemble/stack.ts';
import { tune } from '../../src/assemble/tunable-pipeline.ts';
import { OnnxModel } from '../../src/infer/onnx-model.ts';
import { PipelineClosedError } from '../../src/pipeline/errors.ts';
import { InferencePipeline } from '../../src/pipeline/inference-pipeline.ts';
import { stage } from '../../src/pipeline/stages.ts';
import { Preprocessor } from '../../src/preprocess/preprocessor.ts';
import { runDirectly } from '../infer/direct.ts';
import { CLASSES, CLASSIFIER, DETECTOR, lines, picture } from '../infer/models.ts';
import { ModelFiles } from '../infer/onnx-file.ts';
import { StartedWorkers } from '../infer/workers.ts';
import { all, numbers, settle } from '../pipeline/helpers.ts';
import { fixture } from '../preprocess/set-up.ts';
import { DOUBLE, floats, makePool } from './set-up.ts';

const files = new ModelFiles();
const double = files.write('double', DOUBLE);
const collector = new CentralizedMetricsCollector();
afterAll(() => files[Symbol.dispose]());
afterEach(() => {
  jest.restoreAllMocks();
});

const preprocess = (n: number): Tensors => ({ x: floats([1, 2], [n, -n]) });
const postprocess = ({ y }: Tensors): number => (y!.data as Float32Array)[0]!;

describe('options', () => {
  const run = (input: unknown): unknown => input;
  test.each<[string, object, Error]>([
    ['no preprocess', { model: double }, new TypeError('preprocess must be a function, not undefined')],
    ['postprocess', { model: double, preprocess, postprocess: 5 }, new TypeError('postprocess must be a function, not 5')],
    ['concurrency', { model: double, preprocess, concurrency: 0 }, new RangeError('concurrency must be an integer of at least 1, not 0')],
    [
      'modelConcurrency',
      { model: { run }, preprocess, modelConcurrency: 0 },
      new RangeError('modelConcurrency must be an integer of at least 1, not 0'),
    ],
    ['batch', { model: double, preprocess, batch: 5 }, new TypeError('batch must be { size, waitMillis } or false, not 5')],
    [
      'batch.size',
      { model: double, preprocess, batch: { size: 1.5 } },
      new RangeError('batch.size must be an integer of at least 1, not 1.5'),
    ],
    [
      'batch.waitMillis',
      { model: double, preprocess, batch: { waitMillis: -1 } },
      new RangeError('batch.waitMillis must be a number from 0 to 2147483647, not -1'),
    ],
    ['workers', { model: double, preprocess, workers: 0 }, new RangeError('workers must be an integer from 1 to 256, not 0')],
    ['pool', { model: double, preprocess, pool: 5 }, new TypeError('pool must be a MemoryPool over a SharedAllocator, not 5')],
    [
      'a pool that is not shared',
      {
        model: double,
        preprocess,
        pool: new MemoryPool({ type: 'activations', fit: new BuddyAllocator({ size: 4096 }), collector }),
      },
      new TypeError("pool must be a MemoryPool over a SharedAllocator: this one's memory is not shared"),
    ],
    [
      'model',
      { model: {}, preprocess },
      new TypeError('model must be something with run() or generate(), or the path of an .onnx file, not {}'),
    ],
    ['name', { model: { run }, preprocess, name: '' }, new RangeError('name must not be empty')],
    ['maxQueued', { model: double, preprocess, maxQueued: 0 }, new RangeError('maxQueued must be an integer of at least 1, not 0')],
    [
      'limits',
      { model: double, preprocess, limits: { workers: [2, 1] } },
      new RangeError('limits.workers[1] must be an integer from 2 to 256, not 1'),
    ],
    ['limits', { model: double, preprocess, limits: { threads: 4 } }, new TypeError('limits.threads must be [least, most], not 4')],
  ])('%s', async (_, options, error) => {
    using started = new StartedWorkers();
    const closed = jest.spyOn(MemoryPool.prototype, 'close');
    const pipelines = jest.spyOn(InferencePipeline.prototype, 'close');
    const creation = createModelPipeline({ collector, ...options } as never);
    await expect(creation).rejects.toThrow(error.constructor as ErrorConstructor);
    await expect(creation).rejects.toThrow(error.message);
    // What was made before the error.
    expect(started.running).toHaveLength(0);
    if (started.workers.length > 0) expect(closed).toHaveBeenCalledTimes(1);
    if ('limits' in options) expect(pipelines).toHaveBeenCalledTimes(1);
  });

  test('settings of a model that is loaded are its own', async () => {
    await using model = await OnnxModel.load(double);
    await expect(createModelPipeline({ model, preprocess, workers: 2 })).rejects.toThrow(
      new TypeError('workers and intraOpNumThreads must be left out for a model that is loaded: it has them'),
    );
  });

  test('of a shared pool', () => {
    expect(() => createSharedPool({ size: 100 })).toThrow(new RangeError('size must be an integer of at least 256, not 100'));
    expect(() => createSharedPool({ size: 1000 })).toThrow(new RangeError('size must be a multiple of 256, not 1000'));
    expect(() => createSharedPool({ size: '1k' as never })).toThrow(new TypeError('size must be an integer of at least 256, not "1k"'));
    using pool = createSharedPool({ size: 1024, name: 'small', collector });
    expect(pool).toMatchObject({ name: 'small', type: 'activations', size: 1024 });
  });
});

describe('what is whose', () => {
  test('a file that is no model: nothing stays open', async () => {
    using started = new StartedWorkers();
    const closed = jest.spyOn(MemoryPool.prototype, 'close');
    const { pool } = makePool();
    await expect(createModelPipeline({ model: 'absent.onnx', preprocess, collector })).rejects.toThrow("File doesn't exist");
    expect(closed).toHaveBeenCalledTimes(1);
    await expect(createModelPipeline({ model: 'absent.onnx', preprocess, pool, collector })).rejects.toThrow("File doesn't exist");
    expect(closed).toHaveBeenCalledTimes(1);
    expect(started.workers).toHaveLength(2);
    expect(started.running).toHaveLength(0);
  });

  test('a pool of its own is closed with it, threads too', async () => {
    using started = new StartedWorkers();
    const pipeline = await createModelPipeline({ model: double, preprocess, postprocess, workers: 2, collector });
    expect(await pipeline.submit(4)).toBe(8);
    expect(started.running).toHaveLength(2);
    await pipeline.close();
    expect(started.running).toHaveLength(0);
    expect(() => pipeline.pool!.malloc(1)).toThrow('is closed');
  });

  test('a pool that is given is not', async () => {
    const { pool, live } = makePool();
    const pipeline = await createModelPipeline({ model: double, preprocess, postprocess, pool, collector });
    expect(pipeline.pool).toBe(pool);
    expect(await pipeline.submit(4)).toBe(8);
    await pipeline.close();
    pool.free(pool.malloc(1));
    expect(live()).toBe(0);
  });

  test('a model that is given is not either, and several pipelines may have it', async () => {
    await using model = await OnnxModel.load(double, { workers: 2 });
    const options = { model, preprocess, postprocess, collector };
    const first = await createModelPipeline(options);
    await using second = await createModelPipeline({ ...options, name: 'second' });
    expect(await Promise.all([first.submit(1), second.submit(2)])).toEqual([2, 4]);
    expect(first.tunable!.settings).toEqual({ batchSize: 8, workers: 2, threads: 1 });
    await first.close();
    expect(await second.submit(3)).toBe(6);
  });
});

describe('close', () => {
  test('during work: callers hear of it at once, and all is free when the workers are done', async () => {
    using started = new StartedWorkers();
    const { pool, live } = makePool(256 * 2 ** 20);
    const options = { model: DETECTOR, preprocess: (seed: number) => ({ x: picture(320, seed) }), pool, workers: 2, collector };
    const pipeline = await createModelPipeline(options);
    const calls = Array.from({ length: 12 }, (_, seed) => pipeline.submit(seed));
    await settle();
    const closing = pipeline.close();
    const again = pipeline.close();
    const results = await Promise.allSettled(calls);
    for (const result of results) expect(result).toMatchObject({ reason: expect.any(PipelineClosedError) });
    expect(live()).toBeGreaterThan(0);
    await Promise.all([closing, again, pipeline[Symbol.asyncDispose]()]);
    expect(live()).toBe(0);
    expect(started.running).toHaveLength(0);
    await expect(pipeline.submit(1)).rejects.toThrow(PipelineClosedError);
  });

  test('during a run: it throws into it', async () => {
    const pipeline = await createModelPipeline({ model: double, preprocess, postprocess, collector });
    const run = pipeline.run(numbers(1e9));
    expect(await run.next()).toMatchObject({ value: { value: 0 } });
    await pipeline.close();
    await expect(run.next()).rejects.toThrow(PipelineClosedError);
    expect(await run.next()).toEqual({ done: true, value: undefined });
  });

  test.each([
    // The input.
    [1, 1],
    // Those of the items, and what was made of them together.
    [2, 3],
  ])('of aborted items, %p together, the worker reads the memory to the end', async (size, blocks) => {
    const { pool, live } = makePool();
    await using pipeline = await createModelPipeline({
      model: DETECTOR,
      preprocess: (seed: number) => ({ x: picture(480, seed) }),
      batch: { size, waitMillis: 5000 },
      pool,
      collector,
    });
    const controller = new AbortController();
    const reason = new Error('enough');
    const calls = Array.from({ length: size }, (_, seed) => pipeline.submit(seed, { signal: controller.signal }));
    const results = Promise.allSettled(calls);
    for (let turn = 0; turn < 3; turn++) await settle();
    controller.abort(reason);
    for (const result of await results) expect(result).toEqual({ status: 'rejected', reason });
    await settle();
    expect(live()).toBe(blocks);
    await pipeline.drain();
    expect(live()).toBe(0);
  });

  test('closes the rest, whatever one throws', async () => {
    const pipeline = await createModelPipeline({ model: double, preprocess, collector });
    const reason = new Error('no end');
    const close = jest.spyOn(OnnxModel.prototype, 'close').mockRejectedValueOnce(reason);
    await expect(pipeline.close()).rejects.toBe(reason);
    expect(() => pipeline.pool!.malloc(1)).toThrow('is closed');
    await (close.mock.contexts[0] as OnnxModel).close();
  });
});

describe('tune', () => {
  test('limits reach as far as what is set', async () => {
    const options = { model: double, preprocess, collector, workers: 3, intraOpNumThreads: 5, batch: { size: 40 } };
    await using pipeline = await createModelPipeline(options);
    const { settings, limits } = pipeline.tunable!;
    expect(settings).toEqual({ batchSize: 40, workers: 3, threads: 5 });
    expect(limits.batchSize).toEqual([1, 40]);
    expect(limits.workers[1]).toBeGreaterThanOrEqual(3);
    expect(limits.threads[1]).toBeGreaterThanOrEqual(5);
  });

  test('a stage without batches has none to change', async () => {
    await using pipeline = await createModelPipeline({
      model: double,
      preprocess,
      postprocess,
      batch: false,
      limits: { batchSize: [1, 16] },
      collector,
    });
    const tunable = pipeline.tunable!;
    expect(tunable.limits.batchSize).toEqual([1, 1]);
    await tunable.apply({ batchSize: 1, workers: 2, threads: 1 });
    expect(tunable.settings).toEqual({ batchSize: 1, workers: 2, threads: 1 });
    expect(await pipeline.submit(2)).toBe(4);
  });

  test('any pipeline and stage', async () => {
    await using model = await OnnxModel.load(double);
    const stages = stage({ name: 'infer', run: async (n: number) => (await model.run(preprocess(n))).dispose() });
    await using pipeline = new InferencePipeline({ stages, collector });
    const tunable = tune(pipeline, 'infer', model, undefined, { workers: [1, 2] });
    expect(tunable.limits.workers).toEqual([1, 2]);
    expect(() => tune(pipeline, 'classify', model, undefined)).toThrow('stage must be one of infer, not "classify"');
  });

  test('what cannot be applied leaves what was', async () => {
    await using pipeline = await createModelPipeline({ model: double, preprocess, postprocess, collector });
    const { tunable } = pipeline;
    const before = tunable!.settings;
    await expect(tunable!.apply({ batchSize: 2, workers: 1000, threads: 1 })).rejects.toThrow('workers must be an integer from 1 to 256');
    await expect(tunable!.apply({ batchSize: 0, workers: 2, threads: 1 })).rejects.toThrow('batchSize must be an integer of at least 1');
    expect(tunable!.settings).toEqual(before);
    expect(await pipeline.submit(2)).toBe(4);
  });

  test('no item is lost while settings change', async () => {
    const { pool, live } = makePool();
    await using pipeline = await createModelPipeline({ model: double, preprocess, postprocess, pool, collector });
    const { tunable } = pipeline;
    const flow = { over: false };
    const changing = (async () => {
      for (let i = 0; !flow.over; i++) await tunable!.apply({ batchSize: 1 + (i % 9), workers: 1 + (i % 3), threads: 1 + (i % 2) });
    })();
    const count = 3000;
    const outcomes = await all(pipeline.run(numbers(count)));
    flow.over = true;
    await changing;
    expect(outcomes.map((outcome) => outcome.ok && outcome.value)).toEqual(Array.from(numbers(count), (n) => 2 * n));
    expect(live()).toBe(0);
  });

  test('by an optimizer, while items flow', async () => {
    await using pipeline = await createModelPipeline({
      model: CLASSIFIER,
      preprocess: (seed: number) => ({ x: lines(1, seed) }),
      postprocess: ({ [CLASSES]: classes }) => [...(classes!.data as Float32Array)],
      batch: { size: 16 },
      limits: { batchSize: [1, 4], workers: [1, 2] },
      collector,
    });
    using optimizer = new AdaptiveOptimizer(pipeline.tunable!, { intervalSeconds: 0.02, coolDownSeconds: 0, minItems: 1, collector });
    optimizer.start();
    const outcomes: boolean[] = [];
    const end = performance.now() + 20_000;
    for (let round = 0; optimizer.decisions.length === 0 && performance.now() < end; round++)
      for await (const { ok } of pipeline.run(numbers(100))) outcomes.push(ok);
    expect(outcomes.every(Boolean)).toBe(true);
    expect(outcomes.length % 100).toBe(0);
    expect(optimizer.decisions[0]).toMatchObject({ reason: 'limits' });
    expect(pipeline.tunable!.settings.batchSize).toBeLessThanOrEqual(4);
  });
});

test('images, by a Preprocessor, in the same pool', async () => {
  const { pool, live } = makePool();
  const preprocessor = new Preprocessor({ pool, collector, size: [48, 192], mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] });
  const images = ['scene.jpg', 'scene.png', 'scene.webp', 'gray.png', 'alpha.png'];
  await using pipeline = await createModelPipeline({
    model: CLASSIFIER,
    preprocess: async (name: string, context) => ({ x: context.own(await preprocessor.image(await fixture(name), { name })) }),
    pool,
    collector,
  });
  const outcomes = await all(pipeline.run([...images.slice(0, 3), 'scene.jpg.absent', ...images.slice(3)]));
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, false, true, true]);
  expect(outcomes[3]).toMatchObject({ stage: 'preprocess', error: { code: 'ENOENT' } });
  const inputs = [];
  for (const name of images) {
    using tensor = await preprocessor.image(await fixture(name));
    inputs.push({ type: 'float32' as const, dims: tensor.dims, data: tensor.data.slice() });
  }
  const alone = await runDirectly(CLASSIFIER, inputs);
  const together = outcomes.flatMap((outcome) => (outcome.ok ? [[...(outcome.value[CLASSES]!.data as Float32Array)]] : []));
  for (const [i, classes] of together.entries()) for (const [k, value] of classes.entries()) expect(value).toBeCloseTo(alone[i]![k]!, 5);
  expect(live()).toBe(0);
});
