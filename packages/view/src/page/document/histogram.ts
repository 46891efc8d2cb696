import type { Bucket } from '@otel-perf/metrics';

const MOST_BINS = 40;
/** Values that lie further apart than this, as a ratio, get bins that grow with the values. */
const WIDE = 20;

/**
 * Counts the finite ones of `values` into bins of equal width, or of equal ratio where all are positive and the largest is more than 20
 * times the smallest, as latencies are. A value belongs to the bin (`lower`, `upper`], the smallest to the first one. There are about as
 * many bins as the square root of the number of values, at most 40, and none without values.
 */
export function histogramOf(values: Float64Array): Bucket[] {
  let count = 0;
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    count++;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (count === 0) return [];
  if (least === most) return [{ lower: least, upper: most, count }];
  const edges = edgesOf(least, most, Math.min(MOST_BINS, Math.max(5, Math.ceil(Math.sqrt(count)))));
  const counts = new Float64Array(edges.length - 1);
  for (const value of values) if (Number.isFinite(value)) counts[binOf(edges, value)]!++;
  return Array.from(counts, (each, i) => ({ lower: edges[i]!, upper: edges[i + 1]!, count: each }));
}

/** Rising, without two that are the same; the first and the last one are `least` and `most`. */
function edgesOf(least: number, most: number, bins: number): number[] {
  const byRatio = least > 0 && most / least > WIDE;
  const edge = (part: number): number =>
    byRatio ? Math.exp(Math.log(least) * (1 - part) + Math.log(most) * part) : least * (1 - part) + most * part;
  const edges = [least];
  for (let i = 1; i < bins; i++) {
    const next = edge(i / bins);
    if (next > edges.at(-1)! && next < most) edges.push(next);
  }
  edges.push(most);
  return edges;
}

/** The first bin whose upper edge is not below `value`. */
function binOf(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle + 1]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
