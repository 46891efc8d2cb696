/**
 * What the models were trained on: planes in the order blue, green, red (PP-OCR reads images by OpenCV), each level as
 * level * scale + shift.
 */
export interface Normalisation {
  readonly scale: readonly [number, number, number];
  readonly shift: readonly [number, number, number];
}

/** In the order of the bytes of a pixel: which plane that colour goes to. */
export const PLANES = [2, 1, 0] as const;

/** The detector's: the mean and deviation of ImageNet. PP-OCR has them in the order red, green, blue, in spite of its planes' order. */
export const IMAGENET: Normalisation = normalisation([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

/** The classifier's and the recogniser's: from -1 to 1. 0, the middle, is what they are padded with. */
export const SYMMETRIC: Normalisation = normalisation([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]);

type Three = [number, number, number];

function normalisation(mean: Three, deviation: Three): Normalisation {
  return {
    scale: deviation.map((each) => 1 / (255 * each)) as Three,
    shift: deviation.map((each, plane) => -mean[plane]! / each) as Three,
  };
}
