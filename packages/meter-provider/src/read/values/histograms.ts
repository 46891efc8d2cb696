import type { Histogram } from '@opentelemetry/sdk-metrics';
import { addHistogram, emptyHistogram, readInterval } from '../../cells/histogram.ts';
import type { Arena } from '../../memory/arena.ts';
import type { StreamAggregation } from '../../model/stream.ts';
import type { Interval } from '../interval.ts';
import type { ValueSource } from './value-source.ts';

export interface DistributionOptions {
  /** Left out of what may be negative. */
  readonly hasSum: boolean;
  /** Whose least and greatest values a delta has. */
  readonly interval: Interval;
}

type HistogramAggregation = Extract<StreamAggregation, { kind: 'histogram' }>;
type Reading = ReturnType<typeof emptyHistogram>;

export function cumulativeHistograms(
  arena: Arena,
  aggregation: HistogramAggregation,
  { hasSum }: Pick<DistributionOptions, 'hasSum'>,
): ValueSource<Histogram> {
  const { recordMinMax } = aggregation;
  const boundaries = [...aggregation.boundaries];
  const reading = emptyHistogram(boundaries.length + 1);
  return {
    read({ cells }) {
      readInto(reading, arena, cells);
      if (reading.count === 0) return undefined;
      return {
        min: recordMinMax ? reading.min : undefined,
        max: recordMinMax ? reading.max : undefined,
        sum: hasSum ? reading.sum : undefined,
        buckets: { boundaries, counts: toArray(reading.buckets) },
        count: reading.count,
      };
    },
  };
}

/** What has been recorded since. */
export function deltaHistograms(
  arena: Arena,
  aggregation: HistogramAggregation,
  { hasSum, interval }: DistributionOptions,
): ValueSource<Histogram> {
  const { recordMinMax } = aggregation;
  if (recordMinMax) interval.want();
  const boundaries = [...aggregation.boundaries];
  const reading = emptyHistogram(boundaries.length + 1);
  const told: Reading[] = [];
  return {
    read({ index, cells }) {
      readInto(reading, arena, cells);
      const last = (told[index] ??= emptyHistogram(boundaries.length + 1));
      const count = reading.count - last.count;
      if (count === 0) return undefined;
      const counts = differences(reading.buckets, last.buckets);
      const extremes = recordMinMax
        ? last.count === 0
          ? reading
          : intervalOf(arena, cells, interval.ended, boundaries, counts)
        : undefined;
      const value: Histogram = {
        min: extremes?.min,
        max: extremes?.max,
        sum: hasSum ? reading.sum - last.sum : undefined,
        buckets: { boundaries, counts },
        count,
      };
      last.buckets.set(reading.buckets);
      last.count = reading.count;
      last.sum = reading.sum;
      return value;
    },
  };
}

function readInto(reading: Reading, arena: Arena, cells: readonly number[]): void {
  reading.buckets.fill(0);
  reading.count = 0;
  reading.sum = 0;
  reading.min = Infinity;
  reading.max = -Infinity;
  for (const at of cells) addHistogram(arena, at, reading);
}

/** Other threads go on while they are read, so the extremes may be of values that the buckets do not have yet, or had before. */
function intervalOf(arena: Arena, cells: readonly number[], interval: number, boundaries: readonly number[], counts: readonly number[]) {
  if (interval === 0) return undefined;
  const extremes = readInterval(arena, cells, interval);
  if (extremes === undefined) return undefined;
  const lowest = counts.findIndex((count) => count > 0);
  const highest = counts.findLastIndex((count) => count > 0);
  return isIn(boundaries, lowest, extremes.min) && isIn(boundaries, highest, extremes.max) ? extremes : undefined;
}

function isIn(boundaries: readonly number[], bucket: number, value: number): boolean {
  return value <= (boundaries[bucket] ?? Infinity) && (bucket === 0 || value > boundaries[bucket - 1]!);
}

function toArray(values: Float64Array): number[] {
  const array: number[] = [];
  for (let i = 0; i < values.length; i++) array.push(values[i]!);
  return array;
}

function differences(values: Float64Array, last: Float64Array): number[] {
  const array: number[] = [];
  for (let i = 0; i < values.length; i++) array.push(values[i]! - last[i]!);
  return array;
}
