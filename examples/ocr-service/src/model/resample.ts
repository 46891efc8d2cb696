import type { RawImage } from './image.ts';
import { PLANES, type Normalisation } from './normalisation.ts';

interface Taps {
  /** For each place of the result, the first place of the source that it is made of. */
  readonly first: Int32Array;
  /** `count` for each place of the result. */
  readonly weights: Float32Array;
  readonly count: number;
}

/** Where in a tensor the image goes. */
export interface Planes {
  readonly into: Float32Array;
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  /** The length of a plane's row, which may be longer than `width`. */
  readonly stride: number;
  /** The length of a plane. */
  readonly length: number;
}

/**
 * Resizes and normalises an image into three planes, in one go. Bilinear; a reduction takes the mean over a triangle as wide as two places
 * of the result, so that thin strokes do not vanish between samples (as Pillow's BILINEAR does).
 */
export function resample(image: RawImage, { scale, shift }: Normalisation, planes: Planes): void {
  const { data, width: sourceWidth } = image;
  const columns = taps(sourceWidth, planes.width);
  const rows = taps(image.height, planes.height);
  const row = new Float32Array(sourceWidth * 3);
  for (let y = 0; y < planes.height; y++) {
    row.fill(0);
    for (let tap = 0; tap < rows.count; tap++) {
      const weight = rows.weights[y * rows.count + tap]!;
      if (weight === 0) continue;
      const source = (rows.first[y]! + tap) * row.length;
      for (let at = 0; at < row.length; at++) row[at]! += data[source + at]! * weight;
    }
    for (let colour = 0; colour < 3; colour++) {
      const plane = PLANES[colour]!;
      const start = planes.offset + plane * planes.length + y * planes.stride;
      for (let x = 0; x < planes.width; x++) {
        let level = 0;
        let source = columns.first[x]! * 3 + colour;
        for (let tap = x * columns.count, end = tap + columns.count; tap < end; tap++, source += 3) {
          const weight = columns.weights[tap]!;
          if (weight > 0) level += row[source]! * weight;
        }
        planes.into[start + x] = level * scale[plane]! + shift[plane]!;
      }
    }
  }
}

function taps(from: number, to: number): Taps {
  const ratio = from / to;
  const reach = Math.max(1, ratio);
  const count = Math.ceil(2 * reach) + 1;
  const first = new Int32Array(to);
  const weights = new Float32Array(to * count);
  for (let place = 0; place < to; place++) {
    const centre = (place + 0.5) * ratio;
    const start = Math.max(0, Math.ceil(centre - reach - 0.5));
    first[place] = start;
    let sum = 0;
    for (let tap = 0; tap < count && start + tap < from; tap++) {
      const weight = Math.max(0, 1 - Math.abs(start + tap + 0.5 - centre) / reach);
      weights[place * count + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < count; tap++) weights[place * count + tap]! /= sum;
  }
  return { first, weights, count };
}
