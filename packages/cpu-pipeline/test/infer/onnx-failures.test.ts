import { BuddyAllocator, MemoryPool, OutOfMemoryError, SharedAllocator } from '@otel-perf/memory-pool';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { describe, expect, test } from '@jest/globals';
import { setImmediate as immediately } from 'node:timers/promises';
import { ModelClosedError, WorkerExitError } from '../../src/infer/errors.ts';
import { OnnxModel } from '../../src/infer/onnx-model.ts';
import type { Tensor } from '../../src/model/tensor.ts';
import { begun, deadly, MORTAL } from './deadly.ts';
import { CLASSES, CLASSIFIER, DETECTOR, inSharedMemory, lines, picture } from './models.ts';
import { EXITS, HOLDS, THROW, THROWS } from './mortal-widths.ts';
import { StartedWorkers } from './workers.ts';

const MEBIBYTE = 2 ** 20;

describe('options', () => {
  test.each([
    [{ workers: 0 }, 'workers must be an integer from 1 to 256, not 0'],
    [{ workers: 1.5 }, 'workers must be an integer from 1 to 256, not 1.5'],
    [{ intraOpNumThreads: 0 }, 'intraOpNumThreads must be an integer from 1 to 1024, not 0'],
    [{ spinning: 1 }, 'spinning must be true or false, not 1'],
    [{ memorySize: 100 }, 'memorySize must be an integer of at least 256, not 100'],
    [{ memorySize: 1000 }, 'memorySize must be a multiple of 256, not 1000'],
    [{ executionOptions: 5 }, 'executionOptions must be an object, not 5'],
    [{ executionOptions: { intraOpNumThreads: 2 } }, 'executionOptions must not have intraOpNumThreads'],
    [{ memory: {} }, 'memory must be a SharedAllocator, or a MemoryPool over one, not [object Object]'],
    [
      { memory: new BuddyAllocator({ size: 4096 }) },
      "memory must be a SharedAllocator, or a MemoryPool over one: this one's memory is not shared",
    ],
    [{ memory: SharedAllocator.create({ size: 4096 }), memorySize: 4096 }, 'leave it or memory out'],
  ])('%p', async (options, message) => {
    await expect(OnnxModel.load(CLASSIFIER, options as object)).rejects.toThrow(message);
  });

  test.each([[5], [''], [null]])('path %p', async (path) => {
    await expect(OnnxModel.load(path as never)).rejects.toThrow(TypeError);
  });

  test('what onnxruntime says of a file arrives, and no thread is left', async () => {
    using started = new StartedWorkers();
    await expect(OnnxModel.load('no-such-file.onnx', { workers: 2 })).rejects.toThrow(/no-such-file\.onnx failed.*File doesn't exist/);
    await expect(OnnxModel.load(import.meta.filename)).rejects.toThrow('Protobuf parsing failed');
    expect(started.workers).toHaveLength(3);
    expect(started.running).toHaveLength(0);
  });

  test('further options reach the session', async () => {
    const providers = { executionProviders: ['no-such-provider'] };
    await expect(OnnxModel.load(CLASSIFIER, { executionOptions: providers })).rejects.toThrow('no-such-provider');
  });
});

describe('feeds', () => {
  const x = lines(1);
  const wanted = 'input "x" of model "ch_ppocr_mobile_v2.0_cls_infer.onnx" takes a float32 tensor [?, 3, ?, ?]';
  test.each<[string, unknown, string]>([
    ['none', undefined, 'takes tensors by the names of its inputs (x), not undefined'],
    ['missing', {}, 'input "x" of model "ch_ppocr_mobile_v2.0_cls_infer.onnx" is missing: it takes a float32 tensor [?, 3, ?, ?]'],
    ['unknown', { x, y: x }, 'has no input "y": its inputs are x'],
    ['no tensor', { x: 7 }, `${wanted}, not 7`],
    ['type', { x: { type: 'int64', dims: [1], data: new BigInt64Array(1) } }, `${wanted}, not 'int64'`],
    ['data', { x: { ...x, data: new Float64Array(x.data) } }, `${wanted}: its data must be a Float32Array, not Float64Array`],
    ['no array', { x: { ...x, data: [1, 2] } }, `${wanted}: its data must be a Float32Array, not [ 1, 2 ]`],
    ['dims', { x: { ...x, dims: [1, 3, -48, 192] } }, `${wanted}: its dims must be an array of integers of at least 0`],
    ['size', { x: { ...x, dims: [2, 3, 48, 192] } }, `${wanted}: dims [2, 3, 48, 192] are 55296 elements, data has 27648`],
    ['rank, as onnxruntime says it', { x: { ...x, dims: [3, 48 * 192] } }, 'Invalid rank for input: x Got: 2 Expected: 4'],
    [
      'shape, as onnxruntime says it',
      { x: { ...x, dims: [1, 1, 144, 192] } },
      /Got invalid dimensions for input: x.*\n.*index: 1 Got: 1 Expected: 3/ as never,
    ],
  ])('%s', async (_, feeds, message) => {
    const allocator = SharedAllocator.create({ size: 4 * MEBIBYTE });
    await using model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    await expect(model.run(feeds as Record<string, Tensor>)).rejects.toThrow(message);
    (await model.run({ x })).dispose();
    expect(allocator.stats().blocks.current).toBe(0);
  });

  test('outputs that the model has not', async () => {
    await using model = await OnnxModel.load(CLASSIFIER);
    await expect(model.run({ x }, { outputs: ['y'] })).rejects.toThrow(`has the outputs ${CLASSES}, none named 'y'`);
    await expect(model.run({ x }, { outputs: [] })).rejects.toThrow('outputs must not be empty');
    await expect(model.run({ x }, { outputs: CLASSES as never })).rejects.toThrow('outputs must be an array of names');
  });
});

describe('abort', () => {
  test('before the call: nothing is sent', async () => {
    const allocator = SharedAllocator.create({ size: 4 * MEBIBYTE });
    await using model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    const reason = new Error('not any more');
    await expect(model.run({ x: lines(1) }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    // It was tried once whether the memory is shared.
    expect(allocator.stats().blocks.allocated).toBe(1);
  });

  test('while it waits in line: it never starts', async () => {
    const allocator = SharedAllocator.create({ size: 16 * MEBIBYTE });
    await using model = await OnnxModel.load(DETECTOR, { memory: allocator });
    const x = inSharedMemory(picture(320));
    (await model.run({ x })).dispose();
    const before = allocator.stats().blocks.allocated;
    const controller = new AbortController();
    const reason = new Error('not any more');
    const first = model.run({ x });
    const second = model.run({ x }, { signal: controller.signal });
    const third = model.run({ x });
    controller.abort(reason);
    await expect(second).rejects.toBe(reason);
    (await first).dispose();
    (await third).dispose();
    expect(allocator.stats().blocks.allocated - before).toBe(2);
  });

  test('while it runs: it rejects at once, and its memory is freed when the worker is done', async () => {
    const allocator = SharedAllocator.create({ size: 32 * MEBIBYTE });
    await using model = await OnnxModel.load(DETECTOR, { memory: allocator });
    const x = picture(640);
    (await model.run({ x })).dispose();
    const controller = new AbortController();
    const call = model.run({ x }, { signal: controller.signal });
    await immediately();
    expect(allocator.stats().blocks.current).toBe(2);
    controller.abort('enough');
    await expect(call).rejects.toBe('enough');
    expect(allocator.stats().blocks.current).toBe(2);
    // Has its turn after that one.
    (await model.run({ x: picture(64) })).dispose();
    expect(allocator.stats().blocks.current).toBe(0);
  });
});

describe('memory', () => {
  test('a call that finds no room fails, alone', async () => {
    const allocator = SharedAllocator.create({ size: MEBIBYTE });
    await using model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    (await model.run({ x: lines(1) })).dispose();
    const large = model.run({ x: lines(20) });
    await expect(large).rejects.toThrow(OutOfMemoryError);
    await expect(large).rejects.toThrow(`"ch_ppocr_mobile_v2.0_cls_infer.onnx" has no room for ${20 * 3 * 48 * 192 * 4} bytes`);
    (await model.run({ x: lines(1) })).dispose();
    expect(allocator.stats().blocks.current).toBe(0);
  });

  test('a call whose outputs find no room fails, whether their size was known or not', async () => {
    const allocator = SharedAllocator.create({ size: MEBIBYTE });
    await using model = await OnnxModel.load(DETECTOR, { memory: allocator });
    const x = inSharedMemory(picture(320));
    const rest = allocator.malloc(MEBIBYTE);
    await expect(model.run({ x })).rejects.toThrow(OutOfMemoryError);
    allocator.free(rest);
    (await model.run({ x })).dispose();
    const again = allocator.malloc(MEBIBYTE);
    await expect(model.run({ x })).rejects.toThrow(OutOfMemoryError);
    allocator.free(again);
    expect(allocator.stats().blocks.current).toBe(0);
  });

  test('of a pool: its failures count there', async () => {
    using pool = new MemoryPool({ type: 'activations', name: 'of-two-models', fit: SharedAllocator.create({ size: 65536 }) });
    await using model = await OnnxModel.load(CLASSIFIER, { memory: pool });
    await expect(model.run({ x: lines(1) })).rejects.toThrow(
      'memory pool "of-two-models" has no room for 110592 bytes: it never gives more than',
    );
    expect(pool.stats().failuresByReason.size).toBe(1);
    await model.close();
    expect(pool.stats().blocks.current).toBe(0);
  });

  test('of its own: it has metrics in the name of the model', async () => {
    const collector = new CentralizedMetricsCollector();
    await using model = await OnnxModel.load(CLASSIFIER, { memorySize: 2 * MEBIBYTE, collector });
    using result = await model.run({ x: lines(1) });
    expect(result.tensors[CLASSES]!.data.buffer.byteLength).toBe(2 * MEBIBYTE);
    await model.close();
    const metrics = collector.getMetrics(({ source }) => source === 'memory_pool');
    const tags = { 'pool.type': 'activations', 'pool.name': 'ch_ppocr_mobile_v2.0_cls_infer.onnx' };
    expect(metrics.find(({ name }) => name === 'memory_pool_size')).toMatchObject({ value: 2 * MEBIBYTE, tags });
    expect(metrics.find(({ name }) => name === 'memory_pool_allocate_time')).toMatchObject({ tags });
  });
});

describe('a worker thread that ends', () => {
  test.each([
    [EXITS, 'exit code 9'],
    [THROWS, 'it threw Error: out of the blue'],
  ] as const)('while it runs a call (%i): that one is told, its memory is freed, the next one works', async (width, why) => {
    using started = new StartedWorkers(MORTAL);
    const allocator = SharedAllocator.create({ size: 4 * MEBIBYTE });
    await using model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    const x = lines(1);
    using held = await model.run({ x });
    const before = [...(held.tensors[CLASSES]!.data as Float32Array)];
    const call = model.run({ x: deadly(width) });
    await expect(call).rejects.toThrow(WorkerExitError);
    await expect(call).rejects.toThrow(
      `the worker thread of model "ch_ppocr_mobile_v2.0_cls_infer.onnx" ended while it ran this call: ${why}`,
    );
    expect(allocator.stats().blocks.current).toBe(1);
    using after = await model.run({ x });
    expect([...(after.tensors[CLASSES]!.data as Float32Array)]).toEqual(before);
    expect([...(held.tensors[CLASSES]!.data as Float32Array)]).toEqual(before);
    expect(started.running).toHaveLength(1);
    expect(started.workers).toHaveLength(2);
    expect(started.running).not.toContain(started.workers[0]);
  });

  test('while others wait in line: those get another thread', async () => {
    using started = new StartedWorkers(MORTAL);
    const allocator = SharedAllocator.create({ size: 4 * MEBIBYTE });
    await using model = await OnnxModel.load(CLASSIFIER, { workers: 2, memory: allocator });
    const inputs = [lines(1), deadly(EXITS), lines(2), deadly(THROWS), lines(3), deadly(EXITS), lines(1)];
    const outcomes = await Promise.allSettled(inputs.map(async (x) => model.run({ x })));
    const names = outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as Error).name : outcome.status));
    expect(names).toEqual(inputs.map(({ dims }) => (dims[3] === 192 ? 'fulfilled' : 'WorkerExitError')));
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') outcome.value.dispose();
    expect(allocator.stats().blocks.current).toBe(0);
    await model.close();
    expect(started.running).toHaveLength(0);
  });

  test('after a call was aborted: nobody is told, and the memory is freed', async () => {
    using started = new StartedWorkers(MORTAL);
    const allocator = SharedAllocator.create({ size: 4 * MEBIBYTE });
    await using model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    const controller = new AbortController();
    const held = deadly(HOLDS);
    const call = model.run({ x: held }, { signal: controller.signal });
    await begun(held);
    controller.abort('enough');
    await expect(call).rejects.toBe('enough');
    held.data[0] = THROW;
    (await model.run({ x: lines(1) })).dispose();
    expect(allocator.stats().blocks.current).toBe(0);
    expect(started.workers).toHaveLength(2);
  });

  test('without work: the next call gets another one', async () => {
    using started = new StartedWorkers();
    await using model = await OnnxModel.load(CLASSIFIER, { workers: 2 });
    await Promise.all(started.running.map(async (worker) => worker.terminate()));
    expect(started.running).toHaveLength(0);
    const results = await Promise.all([1, 2, 3].map(async (seed) => model.run({ x: lines(1, seed) })));
    expect(results).toHaveLength(3);
    expect(started.running).toHaveLength(2);
  });
});

describe('close', () => {
  test('waits for calls that run or wait, refuses others, and leaves no thread', async () => {
    using started = new StartedWorkers();
    const model = await OnnxModel.load(DETECTOR, { workers: 2 });
    const calls = [1, 2, 3, 4, 5].map(async (seed) => model.run({ x: picture(320, seed) }));
    const closed = model.close();
    await expect(model.run({ x: picture(64) })).rejects.toThrow(ModelClosedError);
    await expect(model.configure({ workers: 3 })).rejects.toThrow('model "ch_PP-OCRv4_det_infer.onnx" is closed');
    const results = await Promise.all(calls);
    await closed;
    await model.close();
    expect(started.running).toHaveLength(0);
    // They outlive their model.
    for (const result of results) {
      expect(Object.values(result.tensors)[0]!.dims).toEqual([1, 1, 320, 320]);
      result.dispose();
    }
  });

  test('refuses those that no thread has taken yet after its time', async () => {
    using started = new StartedWorkers();
    const allocator = SharedAllocator.create({ size: 32 * MEBIBYTE });
    const model = await OnnxModel.load(DETECTOR, { memory: allocator });
    const calls = [1, 2, 3, 4].map(async (seed) => model.run({ x: picture(640, seed) }));
    const settled = Promise.allSettled(calls);
    await immediately();
    await model.close({ timeoutMillis: 0 });
    const outcomes = await settled;
    const [taken, others] = [outcomes.slice(0, 2), outcomes.slice(2)];
    expect(others).toEqual([1, 2].map(() => ({ status: 'rejected', reason: expect.any(ModelClosedError) as unknown })));
    expect(taken.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    for (const outcome of taken) if (outcome.status === 'fulfilled') outcome.value.dispose();
    expect(started.running).toHaveLength(0);
    expect(allocator.stats().blocks.current).toBe(0);
    await expect(model.close({ timeoutMillis: -1 })).rejects.toThrow('timeoutMillis must be a number from 0');
  });
});
