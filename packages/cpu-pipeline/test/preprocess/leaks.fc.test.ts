import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ImageInput } from '../../src/preprocess/image/source.ts';
import { png } from './png.ts';
import { fixturePath, setUp } from './set-up.ts';

const jpeg = readFileSync(fixturePath('scene.jpg'));
const image = fc.constantFrom<unknown>(
  jpeg,
  fixturePath('gray.png'),
  fixturePath('rgb16.png'),
  png(30, 90),
  { data: new Uint8Array(300), width: 10, height: 10, channels: 3 },
  jpeg.subarray(0, 2000),
  png(20_000, 20_000, new Uint8Array(1)),
  { data: new Uint8Array(3), width: 10, height: 10, channels: 3 },
  new Uint8Array(0),
  fixturePath('absent.png'),
  7,
);
const text = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom<unknown>('', null, 'fails', 'x'.repeat(200)));

function tokenizer(text: string) {
  if (text === 'fails') throw new Error('no such word');
  return { input_ids: Array.from(text, (c) => c.codePointAt(0)!) };
}

test('after good and bad items, aborted calls, and a pool that is now and then too small, the pool is empty', async () => {
  let items = 0;
  for (const size of [{}, [56, 56] as const]) {
    // Two images of smart resize's smallest size, or five small texts, are too much for it.
    const { preprocessor, live } = setUp({ size, tokenizer, padId: 0, maxTextLength: 100, maxTextBytes: 150, concurrency: 3 }, 2 ** 17);
    const call = fc.record({
      images: fc.array(image, { maxLength: 6 }),
      texts: fc.array(text, { maxLength: 6 }),
      abortAfter: fc.option(fc.integer({ min: 0, max: 5 }), { freq: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(call, async ({ images, texts, abortAfter }) => {
        items += images.length + texts.length;
        const abort = new AbortController();
        const timer = abortAfter === null ? undefined : setTimeout(() => abort.abort(), abortAfter);
        const { signal } = abort;
        const calls = await Promise.allSettled([
          preprocessor.images(images as ImageInput[], { signal }),
          preprocessor.texts(texts as string[], { signal }),
        ]);
        clearTimeout(timer);
        for (const [i, settled] of calls.entries()) {
          if (settled.status === 'rejected') {
            expect(settled.reason).toBe(signal.reason);
            continue;
          }
          using batch = settled.value;
          expect(batch.outcomes).toHaveLength([images, texts][i]!.length);
        }
        expect(live()).toBe(0);
      }),
      { numRuns: 60 },
    );
  }
  expect(items).toBeGreaterThan(500);
});
