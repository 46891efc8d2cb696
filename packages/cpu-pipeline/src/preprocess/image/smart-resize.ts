import { checkInteger } from '../../model/options.ts';

/** Sizes that follow the image: see `smartResize`. */
export interface SmartSize {
  /** Both sides become multiples of it: patch size times merge size of the model. Default 28. */
  readonly factor?: number;
  /** Pixels of the result. Default 3136, 56 x 56. */
  readonly minPixels?: number;
  /** Pixels of the result; at least `minPixels` and `factor` squared. Default 1003520, 28 x 28 x 1280. */
  readonly maxPixels?: number;
}

export type SmartSizeSettings = Required<SmartSize>;

/** A longer side of so many times the shorter is refused, as by Qwen-VL. */
export const MOST_ASPECT = 200;

/** @throws TypeError or RangeError that names the option and its bound. */
export function smartSizeSettings({ factor = 28, minPixels = 56 * 56, maxPixels = 28 * 28 * 1280 }: SmartSize): SmartSizeSettings {
  checkInteger('size.factor', factor, 1, 4096);
  checkInteger('size.minPixels', minPixels, 1);
  checkInteger('size.maxPixels', maxPixels, Math.max(minPixels, factor * factor));
  return { factor, minPixels, maxPixels };
}

/**
 * `smart_resize` of Qwen2-VL (`image_processing_qwen2_vl.py` of Hugging Face's transformers): both sides the nearest multiples of `factor`,
 * scaled down or up with the aspect ratio kept as well as multiples can, so that the pixels are within bounds. Rounding is Python's, halves
 * to even.
 *
 * Where the original would go beyond `maxPixels`, since a side cannot be shorter than `factor` or rounding up is too much, the longer side
 * is cut here, so that `maxPixels` always holds; `minPixels` does wherever `maxPixels` is at least four times as much.
 */
export function smartResize(
  height: number,
  width: number,
  { factor, minPixels, maxPixels }: SmartSizeSettings,
): [height: number, width: number] {
  let rows = roundHalfEven(height / factor) * factor;
  let columns = roundHalfEven(width / factor) * factor;
  if (rows * columns > maxPixels) {
    const beta = Math.sqrt((height * width) / maxPixels);
    rows = Math.max(factor, Math.floor(height / beta / factor) * factor);
    columns = Math.max(factor, Math.floor(width / beta / factor) * factor);
  } else if (rows * columns < minPixels) {
    const beta = Math.sqrt(minPixels / (height * width));
    rows = Math.ceil((height * beta) / factor) * factor;
    columns = Math.ceil((width * beta) / factor) * factor;
  }
  if (rows * columns <= maxPixels) return [rows, columns];
  const shorter = Math.min(rows, columns, Math.floor(Math.sqrt(maxPixels) / factor) * factor);
  const longer = Math.floor(maxPixels / shorter / factor) * factor;
  return rows < columns ? [shorter, longer] : [longer, shorter];
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
