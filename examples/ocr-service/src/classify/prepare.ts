import { STRIP_HEIGHT } from '../crop/strip.ts';
import type { RawImage } from '../model/image.ts';
import { SYMMETRIC } from '../model/normalisation.ts';
import { resample } from '../model/resample.ts';
import { tensorIn, type FloatTensor } from '../model/tensor.ts';

/** What the classifier was trained on. */
export const CLASSIFIER_WIDTH = 192;

export function classificationDims(count: number): [number, 3, number, number] {
  return [count, 3, STRIP_HEIGHT, CLASSIFIER_WIDTH];
}

/**
 * The direction classifier's input for strips: shorter ones padded on the right, longer ones squeezed, in the first places of `into` where
 * that is given, which has room for `classificationDims`.
 *
 * @throws RangeError where `into` is too short.
 */
export function prepareClassification(strips: readonly RawImage[], into?: Float32Array): FloatTensor {
  const tensor = tensorIn(classificationDims(strips.length), into);
  tensor.data.fill(0);
  const length = STRIP_HEIGHT * CLASSIFIER_WIDTH;
  for (const [index, strip] of strips.entries()) {
    const width = Math.min(CLASSIFIER_WIDTH, strip.width);
    const planes = { into: tensor.data, offset: index * 3 * length, width, height: STRIP_HEIGHT, stride: CLASSIFIER_WIDTH, length };
    resample(strip, SYMMETRIC, planes);
  }
  return tensor;
}
