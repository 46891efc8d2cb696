import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normalisePixels, normaliseTable } from '../../src/preprocess/image/normalise.ts';
import { DEVIATION, fourPasses, MEAN } from './set-up.ts';

const table = normaliseTable({ scale: 1 / 255, mean: MEAN, deviation: DEVIATION });

test('the fused pass is four passes rounded to float32, wherever the pixels lie, and writes nothing else', () => {
  const side = fc.integer({ min: 1, max: 23 });
  fc.assert(
    fc.property(side, side, fc.integer({ min: 0, max: 7 }), fc.integer(), (width, height, offset, seed) => {
      const pixels = width * height;
      const memory = new Uint8Array(offset + 3 * pixels);
      const rgb = memory.subarray(offset);
      for (let i = 0; i < rgb.length; i++) rgb[i] = (Math.imul(i + seed, 2654435761) >>> 13) & 255;
      const around = new Float32Array(3 * pixels + 2).fill(42);
      normalisePixels(rgb, table, around.subarray(1, -1));
      const expected = fourPasses(rgb, width, height);
      for (let i = 0; i < expected.length; i++) expect(Math.abs(around[i + 1]! - expected[i]!)).toBeLessThan(3e-7);
      expect([around[0], around.at(-1)]).toEqual([42, 42]);
    }),
  );
});

test('every level of every channel is looked up', () => {
  const rgb = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
  const planes = new Float32Array(768);
  normalisePixels(rgb, table, planes);
  expect(planes).toEqual(table);
});
