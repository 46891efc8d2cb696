import type { RawImage } from '../model/image.ts';

/**
 * The colours between the pixels of an image, by cubic convolution of the nearest 4 x 4, with a = -0.5 (Keys, "Cubic convolution
 * interpolation for digital image processing", 1981). Sums them up, so as to take the mean of some.
 */
export class BicubicSampler {
  readonly #image: RawImage;
  readonly #sums = new Float64Array(3);
  readonly #across = new Float64Array(4);
  readonly #down = new Float64Array(4);

  constructor(image: RawImage) {
    this.#image = image;
  }

  clear(): void {
    this.#sums.fill(0);
  }

  /** Adds the colours at a place, in pixels: the first one's centre is (0.5, 0.5). */
  add(x: number, y: number): void {
    const { data, width, height } = this.#image;
    const across = this.#across;
    const down = this.#down;
    const left = Math.floor(x - 0.5);
    const top = Math.floor(y - 0.5);
    cubicWeights(x - 0.5 - left, across);
    cubicWeights(y - 0.5 - top, down);
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let j = 0; j < 4; j++) {
      const row = within(top + j - 1, height) * width;
      const weight = down[j]!;
      for (let i = 0; i < 4; i++) {
        const at = (row + within(left + i - 1, width)) * 3;
        const share = across[i]! * weight;
        red += data[at]! * share;
        green += data[at + 1]! * share;
        blue += data[at + 2]! * share;
      }
    }
    this.#sums[0]! += red;
    this.#sums[1]! += green;
    this.#sums[2]! += blue;
  }

  /** Puts the mean of `count` samples into `into` from `at` on, rounded, and kept within [0, 255]. */
  mean(count: number, into: Uint8ClampedArray, at: number): void {
    for (let colour = 0; colour < 3; colour++) into[at + colour] = this.#sums[colour]! / count;
  }
}

/** For the places -1, 0, 1 and 2, seen from `fraction`. Their sum is 1. */
function cubicWeights(fraction: number, into: Float64Array): void {
  const rest = 1 - fraction;
  into[0] = -0.5 * fraction * rest * rest;
  into[1] = (1.5 * fraction - 2.5) * fraction * fraction + 1;
  into[2] = (1.5 * rest - 2.5) * rest * rest + 1;
  into[3] = -0.5 * rest * fraction * fraction;
}

function within(place: number, length: number): number {
  if (place < 0) return 0;
  return place < length ? place : length - 1;
}
