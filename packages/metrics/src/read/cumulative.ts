import { DataPointType, type ExponentialHistogram, type Histogram, type MetricData } from '@opentelemetry/sdk-metrics';

type Counts = ExponentialHistogram['positive'];

/** `current - previous` of a point that only grows; `undefined` when it was reset in between, and then `current` is all new. */
export function difference(data: MetricData, current: unknown, previous: unknown): unknown {
  if (data.dataPointType === DataPointType.HISTOGRAM) return histogramDifference(current as Histogram, previous as Histogram);
  if (data.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) {
    return exponentialDifference(current as ExponentialHistogram, previous as ExponentialHistogram);
  }
  const delta = (current as number) - (previous as number);
  return delta < 0 ? undefined : delta;
}

function histogramDifference(current: Histogram, previous: Histogram): Histogram | undefined {
  const { boundaries, counts } = current.buckets;
  const before = previous.buckets;
  const sameBounds = before.boundaries.length === boundaries.length && before.boundaries.every((bound, i) => bound === boundaries[i]);
  if (current.count < previous.count || !sameBounds) return undefined;
  const changed = counts.map((count, i) => count - before.counts[i]!);
  if (changed.some((count) => count < 0)) return undefined;
  return {
    buckets: { boundaries, counts: changed },
    count: current.count - previous.count,
    ...(current.sum === undefined || previous.sum === undefined ? {} : { sum: current.sum - previous.sum }),
  };
}

function exponentialDifference(current: ExponentialHistogram, previous: ExponentialHistogram): ExponentialHistogram | undefined {
  if (current.count < previous.count || current.scale > previous.scale) return undefined;
  // A cumulative histogram only ever gives up resolution: the older counts are brought down to its scale.
  const by = previous.scale - current.scale;
  const positive = countsDifference(current.positive, downscale(previous.positive, by));
  const negative = countsDifference(current.negative, downscale(previous.negative, by));
  const zeroCount = current.zeroCount - previous.zeroCount;
  if (positive === undefined || negative === undefined || zeroCount < 0) return undefined;
  return {
    scale: current.scale,
    zeroCount,
    positive,
    negative,
    count: current.count - previous.count,
    ...(current.sum === undefined || previous.sum === undefined ? {} : { sum: current.sum - previous.sum }),
  };
}

/** Merges buckets `2^by` to one; bucket `index` goes to `index >> by`, as the OpenTelemetry data model defines it. */
function downscale({ offset, bucketCounts }: Counts, by: number): Counts {
  if (by === 0 || bucketCounts.length === 0) return { offset: offset >> by, bucketCounts };
  const first = offset >> by;
  const counts: number[] = new Array<number>(((offset + bucketCounts.length - 1) >> by) - first + 1).fill(0);
  bucketCounts.forEach((count, i) => (counts[((offset + i) >> by) - first]! += count));
  return { offset: first, bucketCounts: counts };
}

function countsDifference(current: Counts, previous: Counts): Counts | undefined {
  const counts = [...current.bucketCounts];
  for (const [i, count] of previous.bucketCounts.entries()) {
    if (count === 0) continue;
    const at = previous.offset + i - current.offset;
    if (at < 0 || at >= counts.length || counts[at]! < count) return undefined;
    counts[at]! -= count;
  }
  return { offset: current.offset, bucketCounts: counts };
}
