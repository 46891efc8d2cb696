import { endianness } from 'node:os';
import type { PerChannel } from '../options.ts';

export interface Normalisation {
  readonly scale: number;
  readonly mean: PerChannel;
  readonly deviation: PerChannel;
}

const CHANNELS = 3;
const LEVELS = 256;
const LITTLE_ENDIAN = endianness() === 'LE';

/** `(level * scale - mean) / deviation` of every level of red, then of green, then of blue. */
export function normaliseTable({ scale, mean, deviation }: Normalisation): Float32Array {
  return Float32Array.from({ length: CHANNELS * LEVELS }, (_, i) => {
    const channel = Math.floor(i / LEVELS);
    return ((i % LEVELS) * scale - mean[channel]!) / deviation[channel]!;
  });
}

/**
 * Scales, normalises and turns RGB pixels, three bytes each, into planes of red, green and blue, in one pass: [height, width, 3] to
 * [3, height, width].
 *
 * A level is looked up in a table, which measured 1.1 times as fast as a multiplication and an addition, and four pixels are read as three
 * words, which measured 1.4 times as fast as twelve bytes (both at 224 and at 640 pixels square, Node 24).
 * `planes` is three times as long as there are pixels.
 */
export function normalisePixels(rgb: Uint8Array | Uint8ClampedArray, table: Float32Array, planes: Float32Array): void {
  const pixels = planes.length / CHANNELS;
  const [red, green, blue] = [0, 1, 2].map((channel) => table.subarray(channel * LEVELS, (channel + 1) * LEVELS)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const greens = pixels;
  const blues = 2 * pixels;
  const byWords = LITTLE_ENDIAN && rgb.byteOffset % 4 === 0 ? pixels - (pixels % 4) : 0;
  const words = byWords === 0 ? new Uint32Array(0) : new Uint32Array(rgb.buffer, rgb.byteOffset, (byWords / 4) * CHANNELS);
  let pixel = 0;
  for (let word = 0; pixel < byWords; pixel += 4, word += 3) {
    // Bytes from the lowest: r g b r, g b r g, b r g b.
    const first = words[word]!;
    const second = words[word + 1]!;
    const third = words[word + 2]!;
    planes[pixel] = red[first & 255]!;
    planes[pixel + 1] = red[first >>> 24]!;
    planes[pixel + 2] = red[(second >>> 16) & 255]!;
    planes[pixel + 3] = red[(third >>> 8) & 255]!;
    planes[greens + pixel] = green[(first >>> 8) & 255]!;
    planes[greens + pixel + 1] = green[second & 255]!;
    planes[greens + pixel + 2] = green[second >>> 24]!;
    planes[greens + pixel + 3] = green[(third >>> 16) & 255]!;
    planes[blues + pixel] = blue[(first >>> 16) & 255]!;
    planes[blues + pixel + 1] = blue[(second >>> 8) & 255]!;
    planes[blues + pixel + 2] = blue[third & 255]!;
    planes[blues + pixel + 3] = blue[third >>> 24]!;
  }
  for (let byte = pixel * CHANNELS; pixel < pixels; pixel++, byte += CHANNELS) {
    planes[pixel] = red[rgb[byte]!]!;
    planes[greens + pixel] = green[rgb[byte + 1]!]!;
    planes[blues + pixel] = blue[rgb[byte + 2]!]!;
  }
}
