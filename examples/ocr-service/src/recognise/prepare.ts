import { STRIP_HEIGHT } from '../crop/strip.ts';
import type { RawImage } from '../model/image.ts';
import { PLANES, SYMMETRIC } from '../model/normalisation.ts';
import { tensorIn, type FloatTensor } from '../model/tensor.ts';

/** The recogniser reads a character from every 8 pixels; fewer widths than one for each strip keep its plans of memory few. */
const MULTIPLE = 32;
/** What it was trained on. */
const LEAST_WIDTH = 320;

/** The shape of the recogniser's input for strips: as wide as the widest, to the next multiple of 32, and not below 320. */
export function recognitionDims(strips: readonly Pick<RawImage, 'width'>[]): [number, 3, number, number] {
  const widest = Math.max(LEAST_WIDTH, ...strips.map(({ width }) => width));
  return [strips.length, 3, STRIP_HEIGHT, Math.ceil(widest / MULTIPLE) * MULTIPLE];
}

/**
 * The recogniser's input for strips, padded on the right, in the first places of `into` where that is given, which has room for
 * `recognitionDims`.
 *
 * @throws RangeError where `into` is too short.
 */
export function prepareRecognition(strips: readonly RawImage[], into?: Float32Array): FloatTensor {
  const dims = recognitionDims(strips);
  const tensor = tensorIn(dims, into);
  tensor.data.fill(0);
  const stride = dims[3];
  for (const [index, { data, width }] of strips.entries()) {
    for (let colour = 0; colour < 3; colour++) {
      const plane = PLANES[colour]!;
      const [scale, shift] = [SYMMETRIC.scale[plane]!, SYMMETRIC.shift[plane]!];
      const start = (index * 3 + plane) * STRIP_HEIGHT * stride;
      for (let y = 0; y < STRIP_HEIGHT; y++) {
        for (let x = 0; x < width; x++) tensor.data[start + y * stride + x] = data[(y * width + x) * 3 + colour]! * scale + shift;
      }
    }
  }
  return tensor;
}
