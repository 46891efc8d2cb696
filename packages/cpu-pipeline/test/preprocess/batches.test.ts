import { describe, expect, test } from '@jest/globals';
import { MemoryPool, OutOfMemoryError, type Handle, type OnFailure } from '@otel-perf/memory-pool';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import type { Outcome } from '../../src/preprocess/batch.ts';
import { PreprocessError } from '../../src/preprocess/errors.ts';
import type { ImageInput } from '../../src/preprocess/image/source.ts';
import { png } from './png.ts';
import { fixture, fixturePath, refusal, setUp } from './set-up.ts';

const words = (text: string) => ({ input_ids: text.split(' ').map((word) => word.length) });
const reasons = (outcomes: readonly Outcome<unknown>[]) => outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.reason));

async function goodAndBad(): Promise<ImageInput[]> {
  const jpeg = await fixture('scene.jpg');
  return [
    fixturePath('scene.jpg'),
    jpeg.subarray(0, jpeg.length / 2),
    jpeg,
    png(20_000, 20_000, new Uint8Array(1)),
    new Uint8Array(0),
    undefined as unknown as ImageInput,
    fixturePath('gray.png'),
  ];
}

describe('a batch with bad images', () => {
  test('has an error for each of them that names it, and one tensor of the others', async () => {
    const { preprocessor, live } = setUp({ size: [30, 40] });
    using batch = await preprocessor.images(await goodAndBad());
    expect(reasons(batch.outcomes)).toEqual(['ok', 'corrupt', 'ok', 'too-large', 'empty', 'type', 'ok']);
    expect(batch.inputs.map(({ dims }) => dims)).toEqual([[3, 3, 30, 40]]);
    expect(batch.outcomes.map((outcome) => (outcome.ok ? outcome.value.row : outcome.error.item))).toEqual([0, 1, 1, 3, 4, 5, 2]);
    expect(live()).toBe(1);
    using alone = await preprocessor.image(fixturePath('gray.png'));
    expect(batch.inputs[0]!.data.slice(2 * 3600)).toEqual(alone.data.slice());
  });

  test('calls them by name where they have names', async () => {
    const { preprocessor } = setUp();
    using batch = await preprocessor.images([new Uint8Array(0), png(2, 2)], { names: ['first.png', 'second.png'] });
    const [first] = batch.outcomes;
    expect(first!.ok).toBe(false);
    expect(first).toMatchObject({ error: { item: 'first.png', message: 'image "first.png": the image is empty' } });
  });

  test('throws the first error, and gives everything back, if all must succeed', async () => {
    const { preprocessor, live } = setUp();
    const batch = await preprocessor.images(await goodAndBad());
    expect(live()).toBe(1);
    expect(() => batch.orThrow()).toThrow(expect.objectContaining({ item: 1, reason: 'corrupt' }));
    expect(live()).toBe(0);
    batch[Symbol.dispose]();
    expect(live()).toBe(0);
  });

  test('gives all of its memory back once', async () => {
    const { preprocessor, live } = setUp({ size: {} });
    const batch = await preprocessor.images(['scene.png', 'rgb16.png'].map(fixturePath));
    expect(live()).toBe(2);
    batch[Symbol.dispose]();
    batch[Symbol.dispose]();
    expect(live()).toBe(0);
    expect(batch.inputs.map(({ data }) => data.length)).toEqual([0, 0]);
  });

  test('for which there is no room together has that error for each', async () => {
    const { preprocessor, live } = setUp({}, 2 ** 20);
    using batch = await preprocessor.images([png(5, 5), new Uint8Array(0), png(5, 5)]);
    expect(reasons(batch.outcomes)).toEqual(['memory', 'empty', 'memory']);
    expect(live()).toBe(0);
  });

  test('of several sizes has it for those alone for which there is none', async () => {
    const { preprocessor, live } = setUp({ size: {} }, 2 ** 19);
    using batch = await preprocessor.images([png(50, 50), png(640, 480), png(100, 100)]);
    expect(reasons(batch.outcomes)).toEqual(['ok', 'memory', 'ok']);
    expect(live()).toBe(2);
  });
});

describe('a batch with bad texts', () => {
  test('has an error for each of them, and one row for each of the others', async () => {
    const tokenizer = (text: string) => {
      if (text === 'fails') throw new Error('no such word');
      return words(text);
    };
    const { preprocessor, live } = setUp({ tokenizer, padId: 0, maxTextBytes: 20 });
    const texts = ['one', '', 'two words', 5 as unknown as string, 'fails', 'x'.repeat(21), 'é'.repeat(11), 'at last three'];
    using batch = await preprocessor.texts(texts);
    expect(reasons(batch.outcomes)).toEqual(['ok', 'empty', 'ok', 'type', 'unsupported', 'too-large', 'too-large', 'ok']);
    const [inputs] = batch.inputs;
    expect(inputs!.input_ids.dims).toEqual([3, 3]);
    expect([...inputs!.input_ids.data]).toEqual([3n, 0n, 0n, 3n, 5n, 0n, 2n, 4n, 5n]);
    expect([...inputs!.attention_mask.data]).toEqual([1n, 0n, 0n, 1n, 1n, 0n, 1n, 1n, 1n]);
    expect(batch.outcomes[4]).toMatchObject({ error: { kind: 'text', item: 4, cause: { message: 'no such word' } } });
    expect(live()).toBe(2);
  });

  test('that has no good one has no inputs', async () => {
    const { preprocessor, live } = setUp({ tokenizer: words, padId: 0 });
    const batch = await preprocessor.texts(['', '']);
    expect([reasons(batch.outcomes), batch.inputs, live()]).toEqual([['empty', 'empty'], [], 0]);
  });

  test('keeps nothing where there is room for the ids alone', async () => {
    const { preprocessor, live } = setUp({ tokenizer: words, padId: 0, padding: 'max_length', maxTextLength: 8192 }, 2 ** 16);
    const error = await refusal(preprocessor.text('some words'));
    expect(error.reason).toBe('memory');
    expect(error.cause).toBeInstanceOf(OutOfMemoryError);
    expect(live()).toBe(0);
  });
});

describe('a call that is aborted', () => {
  test.each([1, 2, 8])('rejects with the reason, with %d images at a time, and keeps nothing', async (concurrency) => {
    const { preprocessor, live } = setUp({ concurrency });
    for (const millis of [0, 1, 3, 6, 10]) {
      const abort = new AbortController();
      const reason = new Error('enough');
      const images = Array.from({ length: 40 }, () => fixturePath('scene.png'));
      setTimeout(() => abort.abort(reason), millis);
      await expect(preprocessor.images(images, { signal: abort.signal })).rejects.toBe(reason);
      expect(live()).toBe(0);
    }
  });

  test('before it began does not begin', async () => {
    let calls = 0;
    const tokenizer = (text: string) => {
      calls++;
      return words(text);
    };
    const { preprocessor } = setUp({ tokenizer, padId: 0 });
    const signal = AbortSignal.abort();
    await expect(preprocessor.texts(['a'], { signal })).rejects.toBe(signal.reason);
    await expect(preprocessor.image(png(2, 2), { signal })).rejects.toBe(signal.reason);
    expect(calls).toBe(0);
  });

  test.each([1, 2, 3])('once %d blocks are taken gives them all back', async (blocks) => {
    for (const kind of ['images', 'texts'] as const) {
      const abort = new AbortController();
      let taken = 0;
      class Aborting extends MemoryPool<OnFailure> {
        override malloc(bytes: number): Handle {
          const handle = super.malloc(bytes);
          if (++taken === blocks) abort.abort();
          return handle;
        }
      }
      const collector = new CentralizedMetricsCollector();
      const pool = new Aborting({ type: 'image_features', size: 2 ** 24, collector });
      // Each image has a tensor of its own; the texts together have two.
      const { preprocessor } = setUp({ pool, size: {}, tokenizer: words, padId: 0 });
      const { signal } = abort;
      const call =
        kind === 'images'
          ? preprocessor.images([png(60, 60), png(90, 60), png(60, 120)], { signal })
          : preprocessor.texts(['a'], { signal });
      if (kind === 'texts' && blocks > 2) {
        (await call)[Symbol.dispose]();
      } else {
        await expect(call).rejects.toHaveProperty('name', 'AbortError');
        expect(taken).toBe(kind === 'images' ? blocks : 2);
      }
      expect(pool.stats().blocks.current).toBe(0);
    }
  });

  test('between texts goes no further', async () => {
    const abort = new AbortController();
    const seen: string[] = [];
    const tokenizer = (text: string) => {
      seen.push(text);
      if (seen.length === 2) abort.abort();
      return words(text);
    };
    const { preprocessor, live } = setUp({ tokenizer, padId: 0 });
    await expect(preprocessor.texts(['a', 'b', 'c'], { signal: abort.signal })).rejects.toHaveProperty('name', 'AbortError');
    expect(seen).toEqual(['a', 'b']);
    expect(live()).toBe(0);
  });
});

test("what is nobody's error rejects the call: a closed pool", async () => {
  const { preprocessor, pool } = setUp();
  pool.close();
  const call = preprocessor.images([png(2, 2), png(3, 3)]);
  await expect(call).rejects.toThrow(/closed/);
  await expect(call).rejects.not.toBeInstanceOf(PreprocessError);
});

test('a call that is not given an array says so', async () => {
  const { preprocessor } = setUp({ tokenizer: words, padId: 0 });
  await expect(preprocessor.texts('text' as unknown as string[])).rejects.toThrow('texts must be an array, not text');
  await expect(preprocessor.images(null as unknown as ImageInput[])).rejects.toThrow('images must be an array, not null');
});

test('the event loop goes round during a long batch of texts', async () => {
  const slow = (text: string) => {
    const until = performance.now() + 5;
    while (performance.now() < until);
    return words(text);
  };
  const { preprocessor } = setUp({ tokenizer: slow, padId: 0 });
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  using batch = await preprocessor.texts(Array.from({ length: 12 }, () => 'a b'));
  clearInterval(timer);
  expect(batch.inputs).toHaveLength(1);
  expect(turns).toBeGreaterThan(0);
});
