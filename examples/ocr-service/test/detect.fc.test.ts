import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { boxesFrom } from '../src/detect/boxes.ts';
import { detectionDims, prepareDetection } from '../src/detect/prepare.ts';
import { regionsOf } from '../src/detect/regions.ts';
import { separate } from '../src/detect/separate.ts';
import { unclip } from '../src/geometry/rectangle.ts';
import type { RawImage } from '../src/model/image.ts';

function image(width: number, height: number, pixel: (x: number, y: number) => readonly [number, number, number]): RawImage {
  const data = Array.from({ length: width * height }, (_, at) => pixel(at % width, Math.floor(at / width))).flat();
  return { data: Uint8Array.from(data), width, height };
}

describe('the input of the detector', () => {
  test('has sides of multiples of 32, the longer one bounded', () => {
    const size = fc.integer({ min: 1, max: 12_000 });
    fc.assert(
      fc.property(size, size, fc.integer({ min: 32, max: 2000 }), (width, height, longSide) => {
        const [, , rows, columns] = detectionDims({ width, height }, longSide);
        for (const side of [rows, columns]) {
          expect(side % 32).toBe(0);
          expect(side).toBeGreaterThanOrEqual(32);
          expect(side).toBeLessThan(longSide + 32);
        }
      }),
    );
  });

  test('of an image of that size is its levels, blue first, less the mean and by the deviation', () => {
    const { data, dims } = prepareDetection(
      image(64, 32, (x, y) => [x * 3, y * 5, 255 - x]),
      960,
    );
    expect(dims).toEqual([1, 3, 32, 64]);
    const level = (plane: number, x: number, y: number): number => data[(plane * 32 + y) * 64 + x]!;
    for (const [x, y] of [
      [0, 0],
      [63, 31],
      [17, 9],
    ] as const) {
      expect(level(0, x, y)).toBeCloseTo(((255 - x) / 255 - 0.485) / 0.229, 5);
      expect(level(1, x, y)).toBeCloseTo(((y * 5) / 255 - 0.456) / 0.224, 5);
      expect(level(2, x, y)).toBeCloseTo(((x * 3) / 255 - 0.406) / 0.225, 5);
    }
  });

  test('keeps a level through any resizing, and the mean through a reduction by half', () => {
    const even = prepareDetection(
      image(211, 97, () => [255, 255, 255]),
      100,
    ).data;
    expect(Math.max(...even.subarray(0, even.length / 3))).toBeCloseTo((1 - 0.485) / 0.229, 4);
    expect(Math.min(...even.subarray(0, even.length / 3))).toBeCloseTo((1 - 0.485) / 0.229, 4);
    const stripes = image(128, 128, (x) => (x % 2 === 0 ? [0, 0, 0] : [255, 255, 255]));
    const { data } = prepareDetection(stripes, 64);
    for (let x = 1; x < 63; x++) expect(data[10 * 64 + x]).toBeCloseTo((0.5 - 0.485) / 0.229, 4);
  });

  test('is refused of what is no RGB image of its size', () => {
    const gray = { data: new Uint8Array(200), width: 20, height: 10 };
    expect(() => prepareDetection(gray, 960)).toThrow(new RangeError('an image of 20 x 10 has 600 bytes (RGB), not 200'));
    expect(() => prepareDetection({ ...gray, width: 0 }, 960)).toThrow(RangeError);
  });

  test('goes where it is told, and throws where that is too short', () => {
    const into = new Float32Array(3 * 32 * 32 + 5).fill(7);
    const white = image(32, 32, () => [255, 255, 255]);
    const { data } = prepareDetection(white, 960, into);
    expect(data.buffer).toBe(into.buffer);
    expect([data.length, ...into.subarray(-5)]).toEqual([3 * 32 * 32, 7, 7, 7, 7, 7]);
    expect(() => prepareDetection(white, 960, into.subarray(0, 99))).toThrow('a tensor of 1 x 3 x 32 x 32 needs 3072 numbers, not 99');
  });
});

describe('the regions of a map', () => {
  /** The pixels of each region, by filling it from its first. */
  function filled(map: readonly number[], width: number): number[][] {
    const left = new Set([...map.keys()].filter((at) => map[at]! > 0.3));
    const regions: number[][] = [];
    for (const first of map.keys()) {
      if (!left.delete(first)) continue;
      const region = [first];
      for (const at of region) {
        for (const near of left) {
          const across = Math.abs((near % width) - (at % width));
          const down = Math.abs(Math.floor(near / width) - Math.floor(at / width));
          if (across <= 1 && down <= 1 && left.delete(near)) region.push(near);
        }
      }
      regions.push(region);
    }
    return regions;
  }

  test('are those that filling finds, with the mean of their pixels', () => {
    const width = 11;
    const level = fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, { arbitrary: fc.double({ min: 0.31, max: 1 }), weight: 2 });
    fc.assert(
      fc.property(fc.array(level, { minLength: 9 * width, maxLength: 9 * width }), (levels) => {
        const map = Float32Array.from(levels);
        const expected = filled([...map], width);
        const found = regionsOf(map, width, 9, 0.3);
        expect(found.length).toBe(expected.length);
        for (const [index, pixels] of expected.entries()) {
          const { corners, mean } = found[index]!;
          expect(mean).toBeCloseTo(pixels.reduce((sum, at) => sum + map[at]!, 0) / pixels.length, 6);
          const columns = pixels.map((at) => at % width);
          const rows = pixels.map((at) => Math.floor(at / width));
          expect(Math.min(...corners.map(({ x }) => x))).toBe(Math.min(...columns));
          expect(Math.max(...corners.map(({ x }) => x))).toBe(Math.max(...columns) + 1);
          expect(Math.min(...corners.map(({ y }) => y))).toBe(Math.min(...rows));
          expect(Math.max(...corners.map(({ y }) => y))).toBe(Math.max(...rows) + 1);
        }
      }),
    );
  });
});

describe('boxes', () => {
  const [width, height] = [96, 64];

  function mapOf(...cores: [left: number, top: number, width: number, height: number, level: number][]): Float32Array {
    const map = new Float32Array(width * height);
    for (const [left, top, across, down, level] of cores)
      for (let y = top; y < top + down; y++) map.fill(level, y * width + left, y * width + left + across);
    return map;
  }

  test('are the cores unclipped, in pixels of the image', () => {
    const data = mapOf([20, 10, 40, 6, 0.9]);
    const [box, ...more] = boxesFrom({ data, dims: [1, 1, height, width] }, { width: 2 * width, height: 2 * height });
    const distance = (80 * 12 * 1.8) / (2 * (80 + 12));
    expect(more).toEqual([]);
    expect(box).toEqual({
      x: expect.closeTo(80, 6),
      y: expect.closeTo(26, 6),
      width: expect.closeTo(80 + 2 * distance, 6),
      height: expect.closeTo(12 + 2 * distance, 6),
      angle: expect.closeTo(0, 6),
      score: expect.closeTo(0.9, 6),
    });
  });

  test('leave out what is faint, or thin', () => {
    const data = mapOf([4, 4, 40, 6, 0.5], [4, 20, 40, 2, 0.9], [4, 40, 40, 3, 0.7]);
    const boxes = boxesFrom({ data, dims: [1, 1, height, width] }, { width, height });
    expect(boxes.map(({ y }) => y)).toEqual([expect.closeTo(41.5, 6)]);
  });

  test('run downwards where long ones do, single letters too', () => {
    const data = mapOf([10, 4, 6, 50, 0.9], [30, 8, 6, 5, 0.9]);
    const boxes = boxesFrom({ data, dims: [1, 1, height, width] }, { width, height });
    for (const { angle } of boxes) expect(angle).toBeCloseTo(Math.PI / 2, 6);
    expect(boxes.length).toBe(2);
  });

  test('of one line end in the middle between their cores, and of others stay', () => {
    const left = { x: 50, y: 20, width: 60, height: 20, angle: 0 };
    const cores = [left, { ...left, x: 130 }, { ...left, y: 80, x: 90 }];
    const boxes = cores.map((core) => unclip(core, 1.8));
    const [first, second, below] = separate(cores, boxes);
    expect(first!.x + first!.width / 2).toBeCloseTo(90, 9);
    expect(second!.x - second!.width / 2).toBeCloseTo(90, 9);
    expect(first!.x - first!.width / 2).toBeCloseTo(boxes[0]!.x - boxes[0]!.width / 2, 9);
    expect(below).toEqual(boxes[2]);
    const overlapping = [left, { ...left, x: 80 }].map((core) => unclip(core, 1.8));
    expect(separate([left, { ...left, x: 80 }], overlapping)).toEqual(overlapping);
  });
});
