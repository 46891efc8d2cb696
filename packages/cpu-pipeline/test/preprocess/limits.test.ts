import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { ImageInput } from '../../src/preprocess/image/source.ts';
import { png } from './png.ts';
import { fixture, fixturePath, reasonFor, refusal, setUp } from './set-up.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'preprocess-'));
});
afterAll(async () => rm(folder, { recursive: true }));

describe('an image is refused', () => {
  test('by its header, when that claims 20000 x 20000 pixels', async () => {
    const { preprocessor, live } = setUp();
    const error = await refusal(preprocessor.image(png(20_000, 20_000, new Uint8Array(10)), { name: 'bomb.png' }));
    // Decoding it would have found that there are no pixels.
    expect(error).toMatchObject({ name: 'PreprocessError', kind: 'image', item: 'bomb.png', reason: 'too-large' });
    expect(error.message).toBe('image "bomb.png": 20000 x 20000 pixels are more than maxPixels, 64000000');
    expect(live()).toBe(0);
  });

  test('when it has 100 megapixels, in a small file', async () => {
    const { preprocessor } = setUp();
    const bomb = png(10_000, 10_000);
    expect(bomb.length).toBeLessThan(20_000);
    expect(await sharp(bomb).metadata()).toMatchObject({ width: 10_000, height: 10_000 });
    expect(await reasonFor(preprocessor.image(bomb))).toBe('too-large');
  });

  test('beyond maxPixels, and not at it', async () => {
    const { preprocessor } = setUp({ maxPixels: 6400 });
    expect(await reasonFor(preprocessor.image(png(80, 81)))).toBe('too-large');
    expect(await reasonFor(preprocessor.image({ data: new Uint8Array(6480), width: 80, height: 81, channels: 1 }))).toBe('too-large');
    using tensor = await preprocessor.image(png(80, 80));
    expect(tensor.dims).toEqual([1, 3, 224, 224]);
  });

  test('beyond maxBytes, in memory and as a file', async () => {
    const bytes = await fixture('scene.jpg');
    const { preprocessor } = setUp({ maxBytes: bytes.length - 1 });
    expect(await reasonFor(preprocessor.image(bytes))).toBe('too-large');
    expect(await reasonFor(preprocessor.image(fixturePath('scene.jpg')))).toBe('too-large');
    using tensor = await setUp({ maxBytes: bytes.length }).preprocessor.image(fixturePath('scene.jpg'));
    expect(tensor.dims[0]).toBe(1);
  });

  test.each(['scene.jpg', 'scene-progressive.jpg', 'scene.png', 'scene.webp', 'scene.gif', 'scene.avif'])(
    'when %s is cut off anywhere, with what the decoder said',
    async (name) => {
      const { preprocessor, live } = setUp();
      const bytes = await fixture(name);
      for (const part of [0.2, 0.5, 0.8, 0.95]) {
        const error = await refusal(preprocessor.image(bytes.subarray(0, Math.floor(bytes.length * part))));
        expect(error.reason).toBe('corrupt');
        expect(error.cause).toBeInstanceOf(Error);
      }
      expect(live()).toBe(0);
    },
  );

  test('when a TIFF is cut off, whose directory comes last', async () => {
    const { preprocessor } = setUp();
    const bytes = await fixture('scene.tiff');
    expect(await reasonFor(preprocessor.image(bytes.subarray(0, bytes.length / 2)))).toBe('unsupported');
  });

  test('when there is nothing in it', async () => {
    const { preprocessor } = setUp();
    const path = join(folder, 'empty.png');
    await writeFile(path, '');
    const raw = { data: new Uint8Array(0), width: 2, height: 2, channels: 3 } as const;
    for (const image of [new Uint8Array(0), path, raw]) expect(await reasonFor(preprocessor.image(image))).toBe('empty');
  });

  test('when it is no picture, or one to be drawn', async () => {
    const { preprocessor } = setUp();
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>';
    for (const text of ['What is this? Some text.', svg]) {
      expect(await reasonFor(preprocessor.image(Buffer.from(text)))).toBe('unsupported');
    }
  });

  test('when its file is not there, is a folder, or a pipe that nobody writes to', async () => {
    const { preprocessor } = setUp();
    const pipe = join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    for (const path of [join(folder, 'absent.png'), folder, pipe, '']) {
      expect(await reasonFor(preprocessor.image(path))).toBe('unreadable');
    }
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a number', 7],
    ['an ArrayBuffer', new ArrayBuffer(10)],
    ['16-bit data', { data: new Uint16Array(12), width: 2, height: 2, channels: 3 }],
    ['no width', { data: new Uint8Array(12), height: 2, channels: 3 }],
    ['a width of 0', { data: new Uint8Array(12), width: 0, height: 2, channels: 3 }],
    ['a width of 1.5', { data: new Uint8Array(9), width: 1.5, height: 2, channels: 3 }],
    ['five channels', { data: new Uint8Array(20), width: 2, height: 2, channels: 5 }],
    [
      'parts that cannot be read',
      {
        get data(): never {
          throw new Error('not for you');
        },
      },
    ],
  ])('of a wrong type: %s', async (_, image) => {
    expect(await reasonFor(setUp().preprocessor.image(image as ImageInput))).toBe('type');
  });

  test('when raw data is shorter or longer than it says', async () => {
    const { preprocessor } = setUp();
    for (const length of [11, 13]) {
      expect(await reasonFor(preprocessor.image({ data: new Uint8Array(length), width: 2, height: 2, channels: 3 }))).toBe('corrupt');
    }
  });

  test('by smart resize, when one side is more than 200 times the other', async () => {
    const { preprocessor } = setUp({ size: {} });
    expect(await reasonFor(preprocessor.image(png(201, 1)))).toBe('unsupported');
    using tensor = await preprocessor.image(png(200, 1));
    expect(tensor.dims).toEqual([1, 3, 28, 812]);
  });

  test("when the pool has no room for it, with the pool's own words", async () => {
    const { preprocessor, live } = setUp({}, 2 ** 19);
    const error = await refusal(preprocessor.image(fixturePath('scene.jpg')));
    expect(error).toMatchObject({ reason: 'memory', cause: { name: 'OutOfMemoryError' } });
    expect(live()).toBe(0);
  });
});
