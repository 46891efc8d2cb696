import type { Rectangle } from '../geometry/rectangle.ts';
import type { RawImage } from '../model/image.ts';
import { BicubicSampler } from './bicubic-sampler.ts';

/** What the classifier and the recogniser were trained on. */
export const STRIP_HEIGHT = 48;
/** Longer text is squeezed: what bounds the recogniser's memory. */
const MOST_STRIP_WIDTH = 3200;

/** How many pixels wide a box's strip is, of 3 bytes each. */
export function stripWidth({ width, height }: Rectangle): number {
  return Math.min(MOST_STRIP_WIDTH, Math.max(1, Math.round((STRIP_HEIGHT * width) / height)));
}

/**
 * Cuts a box out, turned so that its text runs from left to right, at the strips' height and in its own proportions. Bicubic, as PP-OCR does;
 * where pixels get fewer, each is the mean of several samples. What lies outside of the image is as the pixel at its edge.
 *
 * @param into Whose first places the strip takes, where given.
 * @throws RangeError where `into` is too short.
 */
export function cropStrip(image: RawImage, box: Rectangle, into?: Uint8Array): RawImage {
  const width = stripWidth(box);
  const strip = { data: bytesIn(width * STRIP_HEIGHT * 3, into), width, height: STRIP_HEIGHT };
  const [across, down] = [box.width / width, box.height / STRIP_HEIGHT];
  const samples = Math.max(1, Math.ceil(Math.max(across, down)));
  const [cos, sin] = [Math.cos(box.angle), Math.sin(box.angle)];
  const sampler = new BicubicSampler(image);
  const levels = new Uint8ClampedArray(strip.data.buffer, strip.data.byteOffset, strip.data.length);
  let at = 0;
  for (let y = 0; y < STRIP_HEIGHT; y++) {
    for (let x = 0; x < width; x++) {
      sampler.clear();
      for (let sample = 0; sample < samples * samples; sample++) {
        const u = (x + ((sample % samples) + 0.5) / samples) * across - box.width / 2;
        const v = (y + (Math.floor(sample / samples) + 0.5) / samples) * down - box.height / 2;
        sampler.add(box.x + cos * u - sin * v, box.y + sin * u + cos * v);
      }
      sampler.mean(samples * samples, levels, at);
      at += 3;
    }
  }
  return strip;
}

/** Turns a strip upside down, where it lies. */
export function turnStrip({ data }: RawImage): void {
  data.reverse();
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at + 2]!;
    data[at + 2] = data[at]!;
    data[at] = red;
  }
}

function bytesIn(length: number, into: Uint8Array | undefined): Uint8Array {
  if (into === undefined) return new Uint8Array(length);
  if (into.length < length) throw new RangeError(`a strip needs ${length} bytes, not ${into.length}`);
  return into.subarray(0, length);
}
