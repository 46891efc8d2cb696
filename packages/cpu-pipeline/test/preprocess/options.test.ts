import { describe, expect, test } from '@jest/globals';
import type { PreprocessorOptions } from '../../src/preprocess/options.ts';
import { Preprocessor } from '../../src/preprocess/preprocessor.ts';
import { setUp } from './set-up.ts';

const tokenizer = () => ({ input_ids: [1] });
const refused: [object, string][] = [
  [{ pool: undefined }, 'pool must be a MemoryPool, not undefined'],
  [{ tokenizer: 'qwen3', padId: 0 }, 'tokenizer must be a function or have encode(), unlike qwen3'],
  [{ tokenizer: null, padId: 0 }, 'tokenizer must be a function or have encode(), unlike null'],
  [{ tokenizer }, 'padId must be given: the tokenizer tells none'],
  [{ padId: -1 }, 'padId must be an integer of at least 0, not -1'],
  [{ padding: 'left' }, 'padding must be one of longest, max_length, not left'],
  [{ paddingSide: 'top' }, 'paddingSide must be one of left, right, not top'],
  [{ maxTextLength: 0 }, 'maxTextLength must be an integer of at least 1, not 0'],
  [{ maxTextBytes: 0.5 }, 'maxTextBytes must be an integer of at least 1, not 0.5'],
  [{ maxPixels: 0 }, 'maxPixels must be an integer of at least 1, not 0'],
  [{ maxBytes: '1' }, 'maxBytes must be an integer of at least 1, not "1"'],
  [{ concurrency: 0 }, 'concurrency must be an integer of at least 1, not 0'],
  [{ size: 224 }, 'size must be [height, width] or a SmartSize, not 224'],
  [{ size: [224] }, 'size must be [height, width], not 1 numbers'],
  [{ size: [224, 0] }, 'size[1] must be an integer from 1 to 16384, not 0'],
  [{ size: { factor: 0 } }, 'size.factor must be an integer from 1 to 4096, not 0'],
  [{ size: { minPixels: 0 } }, 'size.minPixels must be an integer of at least 1, not 0'],
  [{ size: { maxPixels: 3000 } }, 'size.maxPixels must be an integer of at least 3136, not 3000'],
  [{ size: { minPixels: 1, maxPixels: 783 } }, 'size.maxPixels must be an integer of at least 784, not 783'],
  [{ kernel: 'bicubic' }, 'kernel must be one of nearest, linear, cubic, mitchell, lanczos2, lanczos3, not bicubic'],
  [{ background: 'white' }, 'background must be three numbers, not white'],
  [{ background: [0, 0, 256] }, 'background[2] must be a number from 0 to 255, not 256'],
  [{ scale: Number.NaN }, 'scale must be a number'],
  [{ mean: [0, 0] }, 'mean must be three numbers, not 2'],
  [{ mean: [0, 0, Infinity] }, 'mean[2] must be a number'],
  [{ deviation: [1, 0, 1] }, 'deviation[1] must be a number'],
];

describe('an option out of bounds is refused by name', () => {
  test.each(refused)('%j', (options, message) => {
    const { pool, collector } = setUp();
    expect(() => new Preprocessor({ pool, collector, ...options } as PreprocessorOptions)).toThrow(message);
  });
});

test('is a TypeError for a wrong type and a RangeError for a wrong value', () => {
  const { pool } = setUp();
  expect(() => new Preprocessor({ pool, maxBytes: '1' as unknown as number })).toThrow(TypeError);
  expect(() => new Preprocessor({ pool, maxBytes: 0 })).toThrow(RangeError);
});
