import { STRIP_HEIGHT } from '../crop/strip.ts';
import { meanAxis, type Rectangle } from '../geometry/rectangle.ts';
import type { FloatTensor } from '../model/tensor.ts';
import { CLASSIFIER_WIDTH } from './prepare.ts';

/** PP-OCR's: how sure the classifier must be for a strip to be read by its own direction. */
const SURE = 0.9;
/** The share of a page's strips, from which on all are read as they are: the classifier is wrong at times, and few pages are mixed. */
const AGREED = 0.8;
/** Longer strips are squeezed to this ratio of sides, so that the classifier sees no more in them. */
const MOST_RATIO = CLASSIFIER_WIDTH / STRIP_HEIGHT;

export interface Direction {
  /** Where the lines of the page run, in radians clockwise: about 0 for an upright page, and pi for one that is upside down. */
  readonly angle: number;
  /** For each strip, whether it must be turned upside down to be read. */
  readonly turned: readonly boolean[];
}

/** The classifier's probability, for each strip, that it is upside down. @param output [N, 2]. */
export function upsideDownOf({ data, dims }: FloatTensor): number[] {
  return Array.from({ length: dims[0]! }, (_, index) => data[index * 2 + 1]!);
}

/**
 * How a page is to be read: by the majority of its strips, weighted by the length of their text. Strips that differ from the page's direction
 * are turned on their own only where the page has many of both.
 *
 * @param boxes The strips' boxes, as `boxesFrom` gives them.
 * @param upsideDown The probability for each.
 */
export function directionOf(boxes: readonly Rectangle[], upsideDown: readonly number[]): Direction {
  const weights = boxes.map(({ width, height }) => Math.min(width / height, MOST_RATIO));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const share = weights.reduce((sum, weight, index) => sum + weight * upsideDown[index]!, 0) / total;
  const page = share > 0.5;
  const agreed = Math.max(share, 1 - share) >= AGREED;
  const turned = upsideDown.map((probability) => (agreed || Math.max(probability, 1 - probability) <= SURE ? page : probability > 0.5));
  return { angle: meanAxis(boxes) + (page ? Math.PI : 0), turned };
}
