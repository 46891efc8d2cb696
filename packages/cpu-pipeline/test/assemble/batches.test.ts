import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { OutOfMemoryError } from '@otel-perf/memory-pool';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { createModelPipeline, type OnnxPipelineOptions } from '../../src/assemble/model-pipeline.ts';
import type { Tensors } from '../../src/assemble/stack.ts';
import { WorkerExitError } from '../../src/infer/errors.ts';
import { OnnxModel } from '../../src/infer/onnx-model.ts';
import type { Tensor } from '../../src/model/tensor.ts';
import { runDirectly } from '../infer/direct.ts';
import { CLASSES, CLASSIFIER, LINE, lines } from '../infer/models.ts';
import { EXITS } from '../infer/mortal-widths.ts';
import { ModelFiles } from '../infer/onnx-file.ts';
import { StartedWorkers } from '../infer/workers.ts';
import { all } from '../pipeline/helpers.ts';
import { DOUBLE, FILTER, floats, integers, JOIN, makePool, ONE_ROW, PICK, SUBTRACT } from './set-up.ts';

const files = new ModelFiles();
afterAll(() => files[Symbol.dispose]());
const paths = Object.fromEntries(
  Object.entries({ DOUBLE, FILTER, JOIN, ONE_ROW, PICK, SUBTRACT }).map(([name, bytes]) => [name, files.write(name, bytes)]),
) as Record<'DOUBLE' | 'FILTER' | 'JOIN' | 'ONE_ROW' | 'PICK' | 'SUBTRACT', string>;

let run: jest.SpiedFunction<OnnxModel['run']>;
beforeEach(() => {
  run = jest.spyOn(OnnxModel.prototype, 'run');
});
afterEach(() => run.mockRestore());

/** Rows of the first input of each call of the model. */
const calls = (): number[] => run.mock.calls.map(([feeds]) => Object.values(feeds)[0]!.dims[0]!);

/** Of tensors that are there already. */
function pipelineOf<Out = Tensors>(model: string | OnnxModel, options: Partial<OnnxPipelineOptions<Tensors, Out>> = {}) {
  return createModelPipeline<Tensors, Out>({
    model,
    preprocess: (tensors) => tensors,
    batch: { size: 8, waitMillis: 5000 },
    concurrency: 100,
    collector: new CentralizedMetricsCollector(),
    ...options,
  });
}

const numbersOf = (tensor: Tensor | undefined): number[] => Array.from(tensor!.data as Float32Array);

describe('items that go through a model together', () => {
  test('get what they get alone, in their order, by one call', async () => {
    await using pipeline = await pipelineOf(CLASSIFIER);
    const inputs = Array.from({ length: 16 }, (_, seed) => lines(1, seed));
    const outcomes = await all(pipeline.run(inputs.map((x) => ({ x }))));
    const results = outcomes.map((outcome) => (outcome.ok ? numbersOf(outcome.value[CLASSES]) : outcome.error));
    expect(calls()).toEqual([8, 8]);
    const alone = await runDirectly(CLASSIFIER, inputs);
    expect(results).toHaveLength(16);
    for (const [i, result] of results.entries()) {
      // A batch adds up in another order.
      for (const [k, value] of (result as number[]).entries()) expect(value).toBeCloseTo(alone[i]![k]!, 5);
    }
    expect(new Set(alone.map(String)).size).toBe(16);
  });

  test('may have several rows each', async () => {
    await using pipeline = await pipelineOf(paths.DOUBLE, { batch: { size: 3, waitMillis: 5000 } });
    const items = [floats([2, 2], [1, 2, 3, 4]), floats([1, 2], [5, 6]), floats([3, 2], [7, 8, 9, 10, 11, 12])];
    const results = await Promise.all(items.map((x) => pipeline.submit({ x })));
    expect(calls()).toEqual([6]);
    expect(results.map(({ y }) => y)).toEqual([
      floats([2, 2], [2, 4, 6, 8]),
      floats([1, 2], [10, 12]),
      floats([3, 2], [14, 16, 18, 20, 22, 24]),
    ]);
  });

  test('are those that agree in all other dimensions: the others go in a call of their own', async () => {
    await using pipeline = await pipelineOf(paths.DOUBLE, { batch: { size: 5, waitMillis: 5000 } });
    const widths = [1, 2, 1, 3, 2];
    const results = await Promise.all(
      widths.map((width, i) =>
        pipeline.submit({
          x: floats(
            [1, width],
            Array.from({ length: width }, () => i),
          ),
        }),
      ),
    );
    expect(calls()).toEqual([2, 2, 1]);
    expect(results.map(({ y }) => numbersOf(y))).toEqual([[0], [2, 2], [4], [6, 6, 6], [8, 8]]);
  });

  test('come from callers who know nothing of each other', async () => {
    await using pipeline = await pipelineOf(CLASSIFIER, { batch: { size: 32 } });
    const results = await Promise.all(Array.from({ length: 60 }, (_, seed) => pipeline.submit({ x: lines(1, seed) })));
    expect(results).toHaveLength(60);
    expect(calls().reduce((sum, rows) => sum + rows, 0)).toBe(60);
    expect(calls().length).toBeLessThan(10);
    expect(Math.max(...calls())).toBe(32);
  });

  test('may name their tensors in any order', async () => {
    await using pipeline = await pipelineOf(paths.SUBTRACT, { batch: { size: 2, waitMillis: 5000 } });
    const [a, b] = [floats([1, 2], [5, 7]), floats([1, 2], [1, 2])];
    const results = await Promise.all([pipeline.submit({ a, b }), pipeline.submit({ b, a })]);
    expect(calls()).toEqual([2]);
    expect(results.map(({ y }) => numbersOf(y))).toEqual([
      [4, 5],
      [4, 5],
    ]);
  });

  test('stay apart from one whose tensors have no common number of rows', async () => {
    await using pipeline = await pipelineOf(paths.JOIN, { batch: { size: 2, waitMillis: 5000 } });
    const item = { a: floats([2, 1], [1, 2]), b: floats([1, 1], [3]) };
    const results = await Promise.all([pipeline.submit(item), pipeline.submit(item)]);
    expect(calls()).toEqual([2, 2]);
    for (const { y } of results) expect(y).toEqual(floats([3, 1], [1, 2, 3]));
  });

  test('stay apart from one without rows, which the model gets alone', async () => {
    const { pool, live } = makePool();
    await using pipeline = await pipelineOf(paths.DOUBLE, { batch: { size: 3, waitMillis: 5000 }, pool });
    const items = [floats([1, 2], [1, 2]), floats([0, 2], []), floats([1, 2], [3, 4])];
    const results = await Promise.all(items.map((x) => pipeline.submit({ x })));
    expect(calls()).toEqual([2, 0]);
    expect(results.map(({ y }) => y)).toEqual([floats([1, 2], [2, 4]), floats([0, 2], []), floats([1, 2], [6, 8])]);
    expect(live()).toBe(0);
  });

  test('may have rows of nothing', async () => {
    await using pipeline = await pipelineOf(paths.DOUBLE, { batch: { size: 2, waitMillis: 5000 } });
    const results = await Promise.all([1, 2].map((rows) => pipeline.submit({ x: floats([rows, 0], []) })));
    expect(calls()).toEqual([3]);
    expect(results.map(({ y }) => y)).toEqual([floats([1, 0], []), floats([2, 0], [])]);
  });
});

describe('models that take no batches', () => {
  test('of one row, as they declare it, get an item at a time', async () => {
    await using pipeline = await pipelineOf(paths.ONE_ROW);
    const results = await Promise.all([1, 2, 3].map((value) => pipeline.submit({ x: floats([1, 2], [value, 0]) })));
    expect(calls()).toEqual([1, 1, 1]);
    expect(results.map(({ y }) => numbersOf(y))).toEqual([
      [2, 0],
      [4, 0],
      [6, 0],
    ]);
    expect(pipeline.tunable!.limits.batchSize).toEqual([1, 1]);
  });

  test('that mix rows: an error that says what to do, once for each item', async () => {
    const { pool, live } = makePool();
    await using pipeline = await pipelineOf(paths.FILTER, { batch: { size: 3, waitMillis: 5000 }, pool });
    const keep = (...values: number[]): Tensor => ({ type: 'uint8', dims: [values.length], data: Uint8Array.from(values) });
    const item = { x: floats([1, 2], [1, 2]), keep: keep(1) };
    const dropped = { ...item, keep: keep(0) };
    const results = await Promise.allSettled([item, dropped, item].map((each) => pipeline.submit(each)));
    for (const result of results) {
      expect(result).toMatchObject({
        reason: new TypeError(
          'output "y" of model "FILTER.onnx" must have a row for each of the 3 that items gave together, not dimensions [2, 2]: ' +
            'for a model that mixes rows, set batch to false',
        ),
      });
    }
    expect(calls()).toEqual([3]);
    await using alone = await pipelineOf(paths.FILTER, { batch: false, pool });
    const each = await Promise.all([item, dropped].map((item) => alone.submit(item)));
    expect(each.map(({ y }) => y)).toEqual([floats([1, 2], [1, 2]), floats([0, 2], [])]);
    expect(live()).toBe(0);
  });
});

describe('an item with wrong tensors fails alone', () => {
  const x = lines(1);
  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'takes tensors by the names of its inputs (x), not undefined'],
    ['none', {}, 'input "x" of model "ch_ppocr_mobile_v2.0_cls_infer.onnx" is missing'],
    ['one too many', { x, y: x }, 'has no input "y"'],
    ['data too short', { x: { ...x, dims: [2, ...LINE] } }, 'dims [2, 3, 48, 192] are 55296 elements, data has 27648'],
    ['data of another type', { x: { ...x, data: new Float64Array(x.data) } }, 'its data must be a Float32Array, not Float64Array'],
    ['disposed of', { x: { ...x, data: x.data.subarray(0, 0) } }, 'are 27648 elements, data has 0'],
    ['no rows', { x: { ...x, dims: [] } }, 'dims [] are 1 elements'],
    ['rank', { x: { ...x, dims: [3, 48 * 192] } }, 'Invalid rank for input: x'],
    ['channels', { x: { ...x, dims: [1, 1, 144, 192] } }, 'Got invalid dimensions for input: x'],
  ])('%s', async (_, wrong, message) => {
    const { pool, live } = makePool();
    await using pipeline = await pipelineOf(CLASSIFIER, { batch: { size: 3 }, pool });
    const results = await Promise.allSettled([{ x }, wrong as Tensors, { x }].map((item) => pipeline.submit(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason.message).toContain(message);
    expect(live()).toBe(0);
  });

  test('values that the model cannot take, found by halves of the batch', async () => {
    // So that onnxruntime does not write the error to the standard error besides.
    await using model = await OnnxModel.load(paths.PICK, { executionOptions: { logSeverityLevel: 4 } });
    await using pipeline = await pipelineOf(model);
    const places = [0, 1, 2, 0, 1, 7, 0, 2];
    const results = await Promise.allSettled(
      places.map((place, i) => pipeline.submit({ x: floats([1, 3], [i, i + 10, i + 20]), place: integers([1, 1], [place]) })),
    );
    expect(results.map((result) => (result.status === 'fulfilled' ? numbersOf(result.value['y'])[0] : 'failed'))).toEqual([
      0,
      11,
      22,
      3,
      14,
      'failed',
      6,
      27,
    ]);
    expect((results[5] as PromiseRejectedResult).reason.message).toContain('GatherElements');
    expect(calls()).toEqual([8, 4, 4, 2, 1, 1, 2]);
  });

  test('the error is the one that the model threw', async () => {
    await using pipeline = await pipelineOf(paths.DOUBLE, { batch: { size: 2 } });
    const reason = Object.assign(new Error('no such token'), { code: 17 });
    run.mockRejectedValueOnce(new Error('together')).mockRejectedValueOnce(reason);
    const [first, second] = await Promise.allSettled([1, 2].map((value) => pipeline.submit({ x: floats([1, 1], [value]) })));
    expect((first as PromiseRejectedResult).reason).toBe(reason);
    expect(second).toEqual({ status: 'fulfilled', value: { y: floats([1, 1], [4]) } });
  });

  test('a worker thread that ends fails those that it had, which are not tried again', async () => {
    using _ = new StartedWorkers(new URL('../infer/fixtures/mortal.ts', import.meta.url));
    const { pool, live } = makePool();
    await using pipeline = await pipelineOf(CLASSIFIER, { batch: { size: 4, waitMillis: 5000 }, pool });
    const deadly = {
      x: floats(
        [1, 3, 48, EXITS],
        Array.from({ length: 3 * 48 * EXITS }, () => 0),
      ),
    };
    const good = { x: lines(1) };
    const results = await Promise.allSettled([deadly, good, deadly, good].map((item) => pipeline.submit(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect((results[0] as PromiseRejectedResult).reason).toBeInstanceOf(WorkerExitError);
    expect(calls()).toEqual([2, 2]);
    expect(live()).toBe(0);
  });
});

describe('memory', () => {
  test('items wait for room in a pool that has not enough for all that may be under way', async () => {
    const { pool, live } = makePool(2 ** 20);
    await using pipeline = await pipelineOf<number>(paths.DOUBLE, { pool, batch: { size: 4 }, postprocess: ({ y }) => numbersOf(y)[0]! });
    const width = 2 ** 14;
    const item = (value: number) => ({
      x: floats(
        [1, width],
        Array.from({ length: width }, () => value),
      ),
    });
    // 64 KiB each, and eight times as many as fit.
    const results = await Promise.all(Array.from({ length: 128 }, (_, i) => pipeline.submit(item(i))));
    expect(results).toEqual(Array.from({ length: 128 }, (_, i) => 2 * i));
    expect(live()).toBe(0);
  });

  test('what is too much together goes in smaller batches', async () => {
    // Inputs 5 by 64 KiB; their stack takes 512 KiB, and outputs too.
    const { pool, live } = makePool(2 ** 20);
    await using pipeline = await pipelineOf(paths.DOUBLE, { batch: { size: 5, waitMillis: 5000 }, pool });
    const width = 2 ** 14;
    const row = (value: number): number[] => Array.from({ length: width }, () => value);
    const results = await Promise.all([1, 2, 3, 4, 5].map((value) => pipeline.submit({ x: floats([1, width], row(value)) })));
    expect(results.map(({ y }) => numbersOf(y))).toEqual([row(2), row(4), row(6), row(8), row(10)]);
    expect(calls().length).toBeGreaterThan(1);
    expect(live()).toBe(0);
  });

  test('an item that is too much alone fails alone', async () => {
    const { pool, live } = makePool(2 ** 16);
    await using pipeline = await pipelineOf(paths.DOUBLE, { batch: { size: 2 }, pool });
    const large = { x: { type: 'float32', dims: [1, 2 ** 15], data: new Float32Array(2 ** 15) } } as const;
    const results = await Promise.allSettled([large, { x: floats([1, 2], [1, 2]) }].map((item) => pipeline.submit(item)));
    expect((results[0] as PromiseRejectedResult).reason).toBeInstanceOf(OutOfMemoryError);
    expect(results[1]).toEqual({ status: 'fulfilled', value: { y: floats([1, 2], [2, 4]) } });
    expect(live()).toBe(0);
  });

  test('a default result is a copy, which outlives the pool', async () => {
    const pipeline = await pipelineOf(paths.DOUBLE, { batch: { size: 2 } });
    const results = await Promise.all([1, 2].map((value) => pipeline.submit({ x: floats([1, 1], [value]) })));
    for (let i = 0; i < 20; i++) await pipeline.submit({ x: floats([1, 1], [99]) });
    await pipeline.close();
    expect(results.map(({ y }) => numbersOf(y))).toEqual([[2], [4]]);
    for (const { y } of results) expect(Object.prototype.toString.call(y!.data.buffer)).toBe('[object ArrayBuffer]');
  });

  test('postprocess has the tensors in shared memory, without a copy, until it is done', async () => {
    const { pool, live } = makePool();
    const seen: number[] = [];
    await using pipeline = await pipelineOf<number>(paths.DOUBLE, {
      batch: { size: 2, waitMillis: 5000 },
      pool,
      postprocess: async ({ y }) => {
        expect(Object.prototype.toString.call(y!.data.buffer)).toBe('[object SharedArrayBuffer]');
        await new Promise(setImmediate);
        seen.push(live());
        return numbersOf(y)[0]!;
      },
    });
    const results = await Promise.all([1, 2].map((value) => pipeline.submit({ x: floats([1, 1], [value]) })));
    expect(results).toEqual([2, 4]);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(1);
    expect(live()).toBe(0);
  });
});
