import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { directionOf, upsideDownOf } from '../src/classify/direction.ts';
import { prepareClassification } from '../src/classify/prepare.ts';
import { cropStrip, STRIP_HEIGHT, stripWidth, turnStrip } from '../src/crop/strip.ts';
import type { Rectangle } from '../src/geometry/rectangle.ts';
import type { RawImage } from '../src/model/image.ts';
import { batchesOf, MOST_BATCH_WIDTH } from '../src/recognise/batches.ts';
import { prepareRecognition } from '../src/recognise/prepare.ts';

const noise: RawImage = {
  data: Uint8Array.from({ length: 120 * 90 * 3 }, (_, at) => (at * at * 7 + at * 31) % 256),
  width: 120,
  height: 90,
};

describe('a strip', () => {
  test('of a box as high as strips has the pixels of the image', () => {
    const strip = cropStrip(noise, { x: 50, y: 34, width: 60, height: STRIP_HEIGHT, angle: 0 });
    expect([strip.width, strip.height]).toEqual([60, STRIP_HEIGHT]);
    for (let y = 0; y < STRIP_HEIGHT; y++) {
      const start = ((y + 10) * noise.width + 20) * 3;
      expect(strip.data.subarray(y * 180, (y + 1) * 180)).toEqual(noise.data.subarray(start, start + 180));
    }
  });

  test('turned is that of the box turned', () => {
    const box = { x: 61.3, y: 40.2, width: 70, height: 31, angle: 0.2 };
    const strip = cropStrip(noise, box);
    turnStrip(strip);
    const turned = cropStrip(noise, { ...box, angle: box.angle + Math.PI });
    for (const [at, level] of strip.data.entries()) expect(Math.abs(level - turned.data[at]!)).toBeLessThanOrEqual(1);
  });

  test('goes where it is told, and throws where that is too short', () => {
    const box = { x: 61, y: 40, width: 70, height: 31, angle: 0 };
    const bytes = stripWidth(box) * STRIP_HEIGHT * 3;
    const into = new Uint8Array(bytes + 3).fill(9);
    const { data } = cropStrip(noise, box, into.subarray(1));
    expect([data.buffer === into.buffer, data.byteOffset, data.length]).toEqual([true, 1, bytes]);
    expect(data).toEqual(cropStrip(noise, box).data);
    expect([into[0], into.at(-2), into.at(-1)]).toEqual([9, 9, 9]);
    expect(() => cropStrip(noise, box, into.subarray(4))).toThrow(`a strip needs ${bytes} bytes, not ${bytes - 1}`);
  });

  test('of what lies outside has the colours of the edge', () => {
    const { data } = cropStrip(noise, { x: -100, y: -100, width: 20, height: 20, angle: 0.3 });
    for (let at = 0; at < data.length; at += 3) expect(data.subarray(at, at + 3)).toEqual(noise.data.subarray(0, 3));
  });

  test('of a very long box is squeezed', () => {
    expect(stripWidth({ x: 0, y: 0, width: 100_000, height: 10, angle: 0 })).toBe(3200);
    expect(stripWidth({ x: 0, y: 0, width: 0.01, height: 10, angle: 0 })).toBe(1);
  });
});

function strip(width: number, level: number): RawImage {
  return { data: new Uint8Array(width * STRIP_HEIGHT * 3).fill(level), width, height: STRIP_HEIGHT };
}

describe('the inputs of strips', () => {
  test('of the recogniser are from -1 to 1, blue first, and padded by 0 to the widest, whatever was there', () => {
    const coloured = strip(10, 0);
    for (let at = 0; at < coloured.data.length; at += 3) coloured.data[at] = 255;
    const into = new Float32Array(2 * 3 * STRIP_HEIGHT * 352).fill(NaN);
    const { data, dims } = prepareRecognition([coloured, strip(330, 255)], into);
    expect(dims).toEqual([2, 3, STRIP_HEIGHT, 352]);
    const row = (item: number, plane: number): Float32Array => data.subarray((item * 3 + plane) * STRIP_HEIGHT * 352).subarray(0, 352);
    for (const [plane, level] of [-1, -1, 1].entries()) {
      for (const at of row(0, plane).subarray(0, 10)) expect(at).toBeCloseTo(level, 6);
      expect(
        row(0, plane)
          .subarray(10)
          .every((at) => at === 0),
      ).toBe(true);
    }
    for (const at of row(1, 0).subarray(0, 330)) expect(at).toBeCloseTo(1, 6);
    expect(data.some(Number.isNaN)).toBe(false);
  });

  test('of the classifier are squeezed to 192, or padded', () => {
    const { data, dims } = prepareClassification([strip(40, 255), strip(700, 0)], new Float32Array(60_000).fill(NaN));
    expect(dims).toEqual([2, 3, STRIP_HEIGHT, 192]);
    expect(data.subarray(0, 192)).toEqual(Float32Array.from({ length: 192 }, (_, x) => (x < 40 ? 1 : 0)));
    for (const level of data.subarray(data.length / 2)) expect(level).toBeCloseTo(-1, 5);
  });
});

describe('batches', () => {
  test('have each strip once, no more than the size, widths within a quarter, and are not too wide in all', () => {
    const widths = fc.array(fc.integer({ min: 1, max: 3200 }), { maxLength: 80 });
    fc.assert(
      fc.property(widths, fc.integer({ min: 1, max: 16 }), (all, size) => {
        const batches = batchesOf(
          all.map((width) => ({ width })),
          size,
        );
        expect(batches.flat().sort((a, b) => a - b)).toEqual([...all.keys()]);
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(size);
          const own = batch.map((index) => all[index]!);
          expect(Math.max(...own)).toBeLessThanOrEqual(Math.min(...own) * 1.25);
          expect(Math.max(...own) * own.length).toBeLessThanOrEqual(MOST_BATCH_WIDTH);
        }
      }),
    );
  });
});

describe('the direction of a page', () => {
  const line: Rectangle = { x: 0, y: 0, width: 100, height: 10, angle: 0.05 };

  test('is that of most of its text, for all of its strips', () => {
    const upright = directionOf([line, line, line, line, line], [0.01, 0, 0.02, 0, 0.97]);
    expect(upright).toEqual({ angle: expect.closeTo(0.05, 9), turned: [false, false, false, false, false] });
    const turned = directionOf([line, line, line, { ...line, width: 10 }], [0.99, 1, 0.98, 0.05]);
    expect(turned).toEqual({ angle: expect.closeTo(0.05 + Math.PI, 9), turned: [true, true, true, true] });
  });

  test('is not that of strips which the classifier is sure of, where there are many of both', () => {
    const { angle, turned } = directionOf([line, line, line, line, line], [0, 0.01, 0.99, 0.95, 0.6]);
    expect(angle).toBeCloseTo(0.05 + Math.PI, 9);
    expect(turned).toEqual([false, false, true, true, true]);
  });

  test('of nothing is upright', () => {
    expect(directionOf([], [])).toEqual({ angle: 0, turned: [] });
  });

  test('is voted for by the second class', () => {
    expect(upsideDownOf({ data: Float32Array.of(1, 0, 0.25, 0.75), dims: [2, 2] })).toEqual([0, 0.75]);
  });
});
