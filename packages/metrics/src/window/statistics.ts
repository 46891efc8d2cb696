/** Statistics of the values in a window. A window without values has none: `count` is 0 and the optional fields are absent. */
export interface WindowStats {
  /** Values in the window now. */
  readonly count: number;
  /** Values ever added, those that have left the window included. */
  readonly seen: number;
  readonly total: number;
  readonly average?: number;
  readonly min?: number;
  readonly max?: number;
  /** Population standard deviation. */
  readonly stdDev?: number;
  readonly lastValue?: number;
  /** One entry per percentile that was asked for, such as `p50` or `p99.9`. */
  readonly percentiles: Readonly<Record<string, number>>;
}

export const DEFAULT_PERCENTILES: readonly number[] = [50, 90, 95, 99];

/** Throws a RangeError for a percentile outside [0, 100]. */
export function checkPercentiles(percentiles: readonly number[]): void {
  for (const p of percentiles) {
    if (!(p >= 0 && p <= 100)) throw new RangeError(`percentiles must be numbers from 0 to 100, not ${String(p)}`);
  }
}

/**
 * Exact statistics of `values[0, count)`, which is reordered. Percentiles interpolate linearly between the two closest ranks
 * (definition 7 of Hyndman and Fan 1996, the default of NumPy and R). The total is summed after Neumaier (1974).
 */
export function computeStats(
  values: Float64Array,
  count: number,
  seen: number,
  lastValue: number,
  percentiles: readonly number[],
): WindowStats {
  if (count === 0) return { count: 0, seen, total: 0, percentiles: {} };
  let total = 0;
  let lost = 0;
  let min = values[0]!;
  let max = min;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    const sum = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - sum + value : value - sum + total;
    total = sum;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  // Values near the largest double overflow the running sum; the compensation is then not a number.
  total = Number.isFinite(total) ? total + lost : total;
  const average = Math.min(max, Math.max(min, Number.isFinite(total) ? total / count : meanWithoutOverflow(values, count)));
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const off = values[i]! - average;
    squares += off * off;
  }
  return {
    count,
    seen,
    total,
    average,
    min,
    max,
    stdDev: squares > LEAST_SQUARES && squares < Infinity ? Math.sqrt(squares / count) : scaledDeviation(values, count, average, min, max),
    lastValue,
    percentiles: computePercentiles(values, count, percentiles),
  };
}

/** Sums of squares below this may have lost terms to underflow. */
const LEAST_SQUARES = 2 ** -900;

/** The standard deviation of values whose squares are no doubles. */
function scaledDeviation(values: Float64Array, count: number, average: number, min: number, max: number): number {
  if (max === min) return 0;
  // Halves, so that the difference between the two ends is a double.
  const half = max - min < Infinity ? 1 : 0.5;
  const scale = Math.max(max * half - average * half, average * half - min * half);
  let squares = 0;
  for (let i = 0; i < count; i++) squares += ((values[i]! * half - average * half) / scale) ** 2;
  return (scale * Math.sqrt(squares / count)) / half;
}

function meanWithoutOverflow(values: Float64Array, count: number): number {
  let mean = 0;
  for (let i = 0; i < count; i++) mean += values[i]! / count;
  return mean;
}

function computePercentiles(values: Float64Array, count: number, percentiles: readonly number[]): Record<string, number> {
  const result: Record<string, number> = {};
  // In rising order each selection may start where the last one ended: everything before is already in its place.
  const rising = [...percentiles].sort((a, b) => a - b);
  let sortedUpTo = 0;
  const found = new Map<number, number>();
  for (const p of rising) {
    const rank = (p / 100) * (count - 1);
    const below = Math.floor(rank);
    if (below >= sortedUpTo) select(values, sortedUpTo, count - 1, below);
    let value = values[below]!;
    if (rank > below) value = interpolate(value, leastOf(values, below + 1, count), rank - below);
    sortedUpTo = below;
    found.set(p, value);
  }
  for (const p of percentiles) result[`p${p}`] = found.get(p)!;
  return result;
}

function interpolate(a: number, b: number, share: number): number {
  if (a === b) return a;
  // Both forms of the weighted mean are kept in [a, b]: the first overflows when the ends are far apart.
  const value = Number.isFinite(b - a) ? a + (b - a) * share : a * (1 - share) + b * share;
  return Math.min(b, Math.max(a, value));
}

function leastOf(values: Float64Array, from: number, to: number): number {
  let least = values[from]!;
  for (let i = from + 1; i < to; i++) if (values[i]! < least) least = values[i]!;
  return least;
}

/**
 * Puts the value of rank `k` at `values[k]`, smaller ones before and larger ones behind it. Hoare's FIND (1961) with the pivot a median of
 * three and Lomuto's partition, whose steps depend on no branch: with Hoare's, half of the time goes into branches that were mispredicted.
 */
function select(values: Float64Array, left: number, right: number, k: number): void {
  while (right > left) {
    const pivot = medianOf(values[left]!, values[(left + right) >>> 1]!, values[right]!);
    const end = partition(values, left, right, pivot);
    if (k < end) {
      right = end - 1;
      continue;
    }
    // Values equal to the pivot go first, so that many equal ones are done with at once.
    left = gather(values, end, right, pivot);
    if (k < left) return;
  }
}

function medianOf(a: number, b: number, c: number): number {
  return a < b ? Math.max(a, Math.min(b, c)) : Math.max(b, Math.min(a, c));
}

/** Moves what is below `pivot` to the front, and returns the end of it. */
function partition(values: Float64Array, left: number, right: number, pivot: number): number {
  let end = left;
  for (let i = left; i <= right; i++) {
    const value = values[i]!;
    values[i] = values[end]!;
    values[end] = value;
    end += Number(value < pivot);
  }
  return end;
}

function gather(values: Float64Array, left: number, right: number, pivot: number): number {
  let end = left;
  for (let i = left; i <= right; i++) {
    const value = values[i]!;
    values[i] = values[end]!;
    values[end] = value;
    end += Number(value === pivot);
  }
  return end;
}
