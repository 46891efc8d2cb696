import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { smartResize, smartSizeSettings } from '../../src/preprocess/image/smart-resize.ts';

const side = fc.integer({ min: 1, max: 9000 });
const shape = fc.tuple(side, side).filter(([height, width]) => Math.max(height, width) <= 200 * Math.min(height, width));
const settings = fc
  .record({
    factor: fc.integer({ min: 1, max: 64 }),
    least: fc.integer({ min: 1, max: 4000 }),
    times: fc.double({ min: 4, max: 500, noNaN: true }),
  })
  .map(({ factor, least, times }) => {
    const minPixels = least * factor;
    return smartSizeSettings({ factor, minPixels, maxPixels: Math.ceil(Math.max(minPixels, factor * factor) * times) });
  });

/** A transcription of `smart_resize` of transformers' `image_processing_qwen2_vl.py`. */
function original(height: number, width: number, factor: number, min: number, max: number): [number, number] {
  const round = (x: number) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));
  let h = round(height / factor) * factor;
  let w = round(width / factor) * factor;
  if (h * w > max) {
    const beta = Math.sqrt((height * width) / max);
    h = Math.max(factor, Math.floor(height / beta / factor) * factor);
    w = Math.max(factor, Math.floor(width / beta / factor) * factor);
  } else if (h * w < min) {
    const beta = Math.sqrt(min / (height * width));
    h = Math.ceil((height * beta) / factor) * factor;
    w = Math.ceil((width * beta) / factor) * factor;
  }
  return [h, w];
}

describe('smart resize', () => {
  test.each([
    [224, 224, 224, 224],
    [480, 640, 476, 644],
    [1080, 1920, 728, 1316],
    [3000, 4000, 840, 1148],
    [20, 20, 56, 56],
    [10, 2000, 28, 812],
    // Halves go to even: 1.5 and 2.5 factors are both 2.
    [42, 70, 56, 56],
  ])('of %d x %d is %d x %d with the bounds of Qwen2-VL', (height, width, rows, columns) => {
    expect(smartResize(height, width, smartSizeSettings({}))).toEqual([rows, columns]);
  });

  test('gives multiples of the factor within the bounds', () => {
    fc.assert(
      fc.property(shape, settings, ([height, width], size) => {
        const [rows, columns] = smartResize(height, width, size);
        expect(rows % size.factor).toBe(0);
        expect(columns % size.factor).toBe(0);
        expect(rows * columns).toBeGreaterThanOrEqual(size.minPixels);
        expect(rows * columns).toBeLessThanOrEqual(size.maxPixels);
      }),
      { numRuns: 2000 },
    );
  });

  test('never goes beyond maxPixels, with bounds as tight as may be', () => {
    const tight = fc.tuple(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 40_000 }));
    fc.assert(
      fc.property(shape, tight, ([height, width], [factor, more, least]) => {
        const maxPixels = factor * factor + more;
        const size = smartSizeSettings({ factor, minPixels: Math.min(least, maxPixels), maxPixels });
        const [rows, columns] = smartResize(height, width, size);
        expect(rows % factor).toBe(0);
        expect(columns % factor).toBe(0);
        expect(Math.min(rows, columns)).toBeGreaterThanOrEqual(factor);
        expect(rows * columns).toBeLessThanOrEqual(maxPixels);
      }),
      { numRuns: 2000 },
    );
  });

  test('keeps the aspect ratio to one factor a side', () => {
    fc.assert(
      fc.property(shape, settings, ([height, width], size) => {
        const [rows, columns] = smartResize(height, width, size);
        fc.pre(Math.min(rows, columns) > size.factor);
        // Some scale leaves both sides less than a factor away from the image's.
        const least = Math.max((rows - size.factor) / height, (columns - size.factor) / width);
        const most = Math.min((rows + size.factor) / height, (columns + size.factor) / width);
        expect(least).toBeLessThan(most);
      }),
      { numRuns: 2000 },
    );
  });

  test('is the original wherever that keeps its own bounds', () => {
    fc.assert(
      fc.property(shape, settings, ([height, width], size) => {
        const expected = original(height, width, size.factor, size.minPixels, size.maxPixels);
        fc.pre(expected[0] * expected[1] <= size.maxPixels);
        expect(smartResize(height, width, size)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
