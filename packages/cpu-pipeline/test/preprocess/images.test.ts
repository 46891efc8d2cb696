import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { PooledTensor } from '../../src/model/pooled-tensor.ts';
import { fixture, fixturePath, fourPasses, levelsApart, setUp } from './set-up.ts';

/** Decoded by sharp alone, RGB. */
async function rgbOf(name: string): Promise<Buffer> {
  return sharp(fixturePath(name)).raw().toBuffer();
}

/** The levels of one pixel of the first image. */
function levels({ data, dims }: PooledTensor<'float32'>, x: number, y: number): number[] {
  const [, , height, width] = dims as [number, number, number, number];
  const [mean, deviation] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ] as const;
  return mean.map((_, c) => Math.round((data[(c * height + y) * width + x]! * deviation[c]! + mean[c]!) * 255) + 0);
}

describe('an image', () => {
  test('comes to 224 x 224 by default, whatever its shape, in memory that is shared', async () => {
    const { preprocessor, live } = setUp();
    using tensor = await preprocessor.image(await fixture('scene.jpg'));
    expect(tensor.dims).toEqual([1, 3, 224, 224]);
    expect(tensor.type).toBe('float32');
    expect(tensor.data).toHaveLength(3 * 224 * 224);
    expect(tensor.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(live()).toBe(1);
  });

  test.each(['scene.png', 'scene.jpg', 'scene-progressive.jpg', 'scene.webp', 'scene.tiff'])(
    '%s of the same size has the values of four passes in float64',
    async (name) => {
      const { preprocessor } = setUp({ size: [120, 160] });
      using tensor = await preprocessor.image(await fixture(name));
      const error = levelsApart(tensor.data, fourPasses(await rgbOf(name), 160, 120));
      // The bound is 1/255 of a level; it is float32 that is left of it.
      expect(error).toBeLessThan(1 / 255);
      expect(error).toBeLessThan(1e-4);
    },
  );

  test('of another size has the values of its resized pixels', async () => {
    const { preprocessor } = setUp({ size: [64, 48], kernel: 'cubic' });
    using tensor = await preprocessor.image(await fixture('scene.png'));
    const resized = await sharp(fixturePath('scene.png')).resize(48, 64, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer();
    expect(levelsApart(tensor.data, fourPasses(resized, 48, 64))).toBeLessThan(1e-4);
  });

  test.each(['scene.gif', 'scene.avif', 'scene-cmyk.jpg'])('%s looks much like the lossless one', async (name) => {
    const { preprocessor } = setUp({ size: [60, 80] });
    using tensor = await preprocessor.image(fixturePath(name));
    using lossless = await preprocessor.image(fixturePath('scene.png'));
    const mean = tensor.data.reduce((sum, value, i) => sum + Math.abs(value - lossless.data[i]!), 0) / tensor.data.length;
    expect(mean).toBeGreaterThan(0);
    // Two different pictures of this kind are 1.3 apart. CMYK inks cannot show every colour.
    expect(mean).toBeLessThan(name === 'scene-cmyk.jpg' ? 0.7 : 0.15);
  });

  test('is turned upright by EXIF orientation 6', async () => {
    const { preprocessor } = setUp({ size: [120, 160] });
    using upright = await preprocessor.image(await fixture('scene.png'));
    using turned = await preprocessor.image(await fixture('scene-exif6.png'));
    // Stored as 120 wide and 160 high.
    expect(levelsApart(turned.data, upright.data)).toBe(0);
    expect(levels(turned, 118, 28)).toEqual(levels(upright, 118, 28));
  });

  test.each([
    [1, 'left', 'top'],
    [2, 'right', 'top'],
    [3, 'right', 'bottom'],
    [4, 'left', 'bottom'],
    [5, 'left', 'top'],
    [6, 'right', 'top'],
    [7, 'right', 'bottom'],
    [8, 'left', 'bottom'],
  ] as const)('of EXIF orientation %i has its first stored pixels at the %s and the %s', async (orientation, column, row) => {
    const [width, height] = [84, 56];
    const stored = Buffer.alloc(width * height * 3);
    for (let y = 0; y < 14; y++) stored.fill(255, y * width * 3, (y * width + 14) * 3);
    const jpeg = await sharp(stored, { raw: { width, height, channels: 3 } })
      .withMetadata({ orientation })
      .jpeg({ quality: 100 })
      .toBuffer();
    const { preprocessor } = setUp({ size: {}, mean: [0, 0, 0], deviation: [1, 1, 1] });
    using tensor = await preprocessor.image(jpeg);
    const turned = orientation > 4;
    const [columns, rows] = turned ? [height, width] : [width, height];
    expect(tensor.dims).toEqual([1, 3, rows, columns]);
    const corners = { top: 3, bottom: rows - 4, left: 3, right: columns - 4 };
    const white = (['top', 'bottom'] as const).flatMap((y) =>
      (['left', 'right'] as const).filter((x) => tensor.data[corners[y] * columns + corners[x]]! > 0.5).map((x) => [x, y]),
    );
    expect(white).toEqual([[column, row]]);
  });

  test('that has to be turned follows its upright shape with smart resize', async () => {
    const { preprocessor } = setUp({ size: { factor: 28 } });
    using tensor = await preprocessor.image(await fixture('scene-exif6.jpg'));
    expect(tensor.dims).toEqual([1, 3, 112, 168]);
  });

  test.each(['gray.png', 'gray16.png'])('of %s has three equal channels', async (name) => {
    const { preprocessor } = setUp({ size: [30, 40], mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] });
    using tensor = await preprocessor.image(await fixture(name));
    const [red, green, blue] = [0, 1, 2].map((c) => [...tensor.data.subarray(c * 1200, (c + 1) * 1200)]);
    expect(green).toEqual(red);
    expect(blue).toEqual(red);
    expect(Math.max(...red!) - Math.min(...red!)).toBeGreaterThan(0.5);
  });

  test('of 16 bits a channel is as of 8', async () => {
    const { preprocessor } = setUp({ size: [48, 64] });
    using tensor = await preprocessor.image(await fixture('rgb16.png'));
    const high = await sharp(fixturePath('rgb16.png')).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
    const words = new Uint16Array(high.buffer, high.byteOffset, high.length / 2);
    const low = Uint8Array.from(words, (word) => word >> 8);
    expect(levelsApart(tensor.data, fourPasses(low, 64, 48))).toBeLessThan(1.01);
  });

  test.each([
    [undefined, [255, 255, 255]],
    [[0, 128, 255] as const, [0, 128, 255]],
  ])('shows the background %j where it is transparent', async (background, expected) => {
    const { preprocessor } = setUp({ size: [120, 160], ...(background === undefined ? {} : { background }) });
    using tensor = await preprocessor.image(await fixture('alpha.png'));
    using opaque = await preprocessor.image(await fixture('scene.png'));
    expect(levels(tensor, 0, 60)).toEqual(expected);
    expect(levels(tensor, 159, 60)).toEqual(levels(opaque, 159, 60));
    const between = levels(opaque, 80, 60).map((level, c) => level * (128 / 255) + expected[c]! * (127 / 255));
    levels(tensor, 80, 60).forEach((level, c) => expect(Math.abs(level - between[c]!)).toBeLessThan(2));
  });

  test('may be a path, a Uint8Array, a part of a larger one, or shared memory', async () => {
    const { preprocessor } = setUp({ size: [120, 160] });
    const bytes = await fixture('scene.png');
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 3);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    using batch = (
      await preprocessor.images([fixturePath('scene.png'), Uint8Array.from(bytes), larger.subarray(3, 3 + bytes.length), shared])
    ).orThrow();
    const [tensor] = batch.inputs;
    expect(tensor!.dims).toEqual([4, 3, 120, 160]);
    const rows = [0, 1, 2, 3].map((row) => tensor!.data.slice(row * 57600, (row + 1) * 57600));
    for (const row of rows) expect(row).toEqual(rows[0]);
  });

  test.each([1, 2, 3, 4] as const)('may be raw pixels of %d channels', async (channels) => {
    const { preprocessor } = setUp({ size: [2, 2] });
    const pixel = [[90], [90, 255], [90, 90, 90], [90, 90, 90, 255]][channels - 1]!;
    using tensor = await preprocessor.image({
      data: Uint8ClampedArray.from([pixel, pixel, pixel, pixel].flat()),
      width: 2,
      height: 2,
      channels,
    });
    expect(levels(tensor, 1, 1)).toEqual([90, 90, 90]);
  });

  test('of raw pixels is resized too', async () => {
    const { preprocessor } = setUp({ size: [30, 40], kernel: 'nearest' });
    const data = await rgbOf('scene.png');
    using tensor = await preprocessor.image({ data, width: 160, height: 120, channels: 3 });
    using decoded = await preprocessor.image(await fixture('scene.png'));
    expect(levelsApart(tensor.data, decoded.data)).toBe(0);
  });

  test('is scaled and normalised as the options say', async () => {
    const { preprocessor } = setUp({ size: [1, 1], scale: 2, mean: [1, 2, 3], deviation: [0.5, 1, 2] });
    using tensor = await preprocessor.image({ data: Uint8Array.of(10, 20, 30), width: 1, height: 1, channels: 3 });
    expect([...tensor.data]).toEqual([38, 38, 28.5]);
  });
});

describe('several images', () => {
  test('of one size are one tensor, row by row in their order', async () => {
    const { preprocessor, live } = setUp({ size: [40, 60] });
    const names = ['scene.png', 'alpha.png', 'gray.png', 'scene.webp'];
    using batch = await preprocessor.images(names.map(fixturePath));
    expect(batch.inputs.map(({ dims }) => dims)).toEqual([[4, 3, 40, 60]]);
    expect(live()).toBe(1);
    for (const [row, name] of names.entries()) {
      using alone = await preprocessor.image(fixturePath(name));
      expect(batch.inputs[0]!.data.slice(row * 7200, (row + 1) * 7200)).toEqual(alone.data.slice());
      expect(batch.outcomes[row]).toEqual({ ok: true, value: { inputs: batch.inputs[0], row } });
    }
  });

  test('of several sizes are a tensor each', async () => {
    const { preprocessor, live } = setUp({ size: {} });
    using batch = await preprocessor.images(['scene.png', 'rgb16.png', 'scene-exif6.jpg'].map(fixturePath));
    expect(batch.inputs.map(({ dims }) => dims)).toEqual([
      [1, 3, 112, 168],
      [1, 3, 56, 56],
      [1, 3, 112, 168],
    ]);
    expect(batch.outcomes.map((outcome) => outcome.ok && [batch.inputs.indexOf(outcome.value.inputs), outcome.value.row])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    expect(live()).toBe(3);
  });

  test('are none: no tensors', async () => {
    const { preprocessor } = setUp();
    const batch = await preprocessor.images([]);
    expect([batch.outcomes, batch.inputs]).toEqual([[], []]);
  });
});
