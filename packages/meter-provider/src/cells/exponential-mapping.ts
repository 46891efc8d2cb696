/** The finest scale, at which a histogram begins, and the coarsest, at which two buckets take in all numbers. */
export const MAX_SCALE = 20;

const MIN_NORMAL = 2 ** -1022;
const MIN_NORMAL_EXPONENT = -1022;
const EXPONENT_BIAS = 1023;
const EXPONENT_MASK = 0x7ff0_0000;
const FRACTION_MASK = 0x000f_ffff;

const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);
number[0] = 1;
const UPPER = halves[1] === 0 ? 0 : 1;

/**
 * The index of the bucket that a positive, finite value belongs to: bucket `i` is `(base ** i, base ** (i + 1)]` with the base
 * `2 ** 2 ** -scale`. After the OpenTelemetry specification (metrics data model, exponential histogram), in the arithmetic of the JavaScript
 * SDK: by logarithm for positive scales, exactly for powers of two, and by the exponent for the other scales. Numbers below the normal
 * ones count as the least of these.
 */
export function mapToIndex(value: number, scale: number): number {
  number[0] = value;
  const upper = halves[UPPER]!;
  const exponent = ((upper & EXPONENT_MASK) >> 20) - EXPONENT_BIAS;
  const isPowerOfTwo = (upper & FRACTION_MASK) === 0 && halves[1 - UPPER] === 0;
  if (scale <= 0) {
    if (value < MIN_NORMAL) return (MIN_NORMAL_EXPONENT - 1) >> -scale;
    return (isPowerOfTwo ? exponent - 1 : exponent) >> -scale;
  }
  if (value <= MIN_NORMAL) return (MIN_NORMAL_EXPONENT << scale) - 1;
  if (isPowerOfTwo) return (exponent << scale) - 1;
  return Math.min(Math.floor(Math.log(value) * LOG2E_AT[scale]!), ((EXPONENT_BIAS + 1) << scale) - 1);
}

/** `log2(e) * 2 ** scale`. */
const LOG2E_AT = Float64Array.from({ length: MAX_SCALE + 1 }, (_, scale) => Math.LOG2E * 2 ** scale);

/** By how many steps a scale must fall so that the buckets from `low` to `high` are `size` at most. */
export function foldsNeeded(low: number, high: number, size: number): number {
  let folds = 0;
  while ((high >> folds) - (low >> folds) >= size) folds++;
  return folds;
}
