import { checkImage, type RawImage } from '../model/image.ts';
import { IMAGENET } from '../model/normalisation.ts';
import { resample } from '../model/resample.ts';
import { tensorIn, type FloatTensor } from '../model/tensor.ts';

/** The detector halves its input five times. */
const MULTIPLE = 32;

/**
 * The shape of the detector's input for an image of that size: as large as it is, or made smaller so that the longer side is no more than
 * `longSide`, each side to the nearest multiple of 32.
 */
export function detectionDims({ width, height }: Pick<RawImage, 'width' | 'height'>, longSide: number): [1, 3, number, number] {
  const ratio = Math.min(1, longSide / Math.max(width, height));
  const side = (pixels: number): number => Math.max(MULTIPLE, Math.round((pixels * ratio) / MULTIPLE) * MULTIPLE);
  return [1, 3, side(height), side(width)];
}

/**
 * The detector's input for an image, in the first places of `into` where that is given, which has room for `detectionDims`.
 *
 * @throws RangeError where `image` is not RGB of its size, or `into` is too short.
 */
export function prepareDetection(image: RawImage, longSide: number, into?: Float32Array): FloatTensor {
  checkImage(image);
  const dims = detectionDims(image, longSide);
  const [, , height, width] = dims;
  const tensor = tensorIn(dims, into);
  resample(image, IMAGENET, { into: tensor.data, offset: 0, width, height, stride: width, length: width * height });
  return tensor;
}
