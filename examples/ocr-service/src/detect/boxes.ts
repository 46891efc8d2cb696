import { convexHull } from '../geometry/convex-hull.ts';
import { leastRectangle, meanAxis, rectangleAt, unclip, type Rectangle } from '../geometry/rectangle.ts';
import type { RawImage } from '../model/image.ts';
import type { FloatTensor } from '../model/tensor.ts';
import { regionsOf } from './regions.ts';
import { separate } from './separate.ts';

/** PP-OCR's values for its detector. */
const PIXEL_THRESHOLD = 0.3;
const BOX_THRESHOLD = 0.6;
/** PP-OCR has 1.5, which cuts so close that the recogniser loses spaces and full stops at the ends. */
const UNCLIP_RATIO = 1.8;
/** Pixels of the map, of a core before it is unclipped. */
const LEAST_SIDE = 3;
/** From this ratio of sides on, a box shows where its text runs. Shorter ones, such as a single letter, run as the page does. */
const ELONGATED = 2;

/** A line of text or a part of one. */
export interface Box extends Rectangle {
  /** The mean probability of text in its core, in [0, 1]. */
  readonly score: number;
}

/**
 * The boxes of text in an image, from the detector's probability map of it, in no particular order (Liao et al., "Real-time scene text
 * detection with differentiable binarization", 2020, section 3.5). A box's `width` is along its text, whose angle is in [-45, 135) degrees:
 * whether it is upside down, the map doesn't tell.
 *
 * @param map [1, 1, height, width].
 */
export function boxesFrom(map: FloatTensor, image: Pick<RawImage, 'width' | 'height'>): Box[] {
  const [, , height, width] = map.dims as [1, 1, number, number];
  const scale = { x: image.width / width, y: image.height / height };
  const leastSide = LEAST_SIDE * Math.min(scale.x, scale.y);
  const found = regionsOf(map.data, width, height, PIXEL_THRESHOLD)
    .filter(({ mean }) => mean >= BOX_THRESHOLD)
    .map(({ corners, mean }) => ({ hull: convexHull(corners.map(({ x, y }) => ({ x: x * scale.x, y: y * scale.y }))), score: mean }))
    .map((region) => ({ ...region, least: leastRectangle(region.hull) }))
    .filter(({ least }) => least.height >= leastSide);
  const angle = meanAxis(found.map(({ least }) => least).filter(isElongated));
  const cores = found.map(({ hull, least }) => (isElongated(least) ? least : rectangleAt(angle, hull)));
  const unclipped = cores.map((core) => unclip(core, UNCLIP_RATIO));
  return separate(cores, unclipped).map((box, index) => ({ ...box, score: found[index]!.score }));
}

function isElongated({ width, height }: Rectangle): boolean {
  return width >= ELONGATED * height;
}
