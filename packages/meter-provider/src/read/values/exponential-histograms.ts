import type { ExponentialHistogram } from '@opentelemetry/sdk-metrics';
import { readInterval } from '../../cells/distribution.ts';
import { readExponential } from '../../cells/exponential.ts';
import { mapToIndex } from '../../cells/exponential-mapping.ts';
import { subtractExponential, type ExponentialReading } from '../../cells/exponential-reading.ts';
import type { Arena } from '../../memory/arena.ts';
import type { StreamAggregation } from '../../model/stream.ts';
import type { DistributionOptions } from './histograms.ts';
import type { ValueSource } from './value-source.ts';

type ExponentialAggregation = Extract<StreamAggregation, { kind: 'exponential-histogram' }>;
type Extremes = Pick<ExponentialReading, 'min' | 'max'>;
type Ranges = Pick<ExponentialReading, 'positive' | 'negative' | 'zeroCount' | 'scale'>;

export function cumulativeExponentialHistograms(
  arena: Arena,
  { maxSize, recordMinMax }: ExponentialAggregation,
  { hasSum }: Pick<DistributionOptions, 'hasSum'>,
): ValueSource<ExponentialHistogram> {
  return {
    read({ cells }) {
      const reading = readExponential(arena, cells, maxSize);
      return reading.count === 0 ? undefined : toValue(reading, recordMinMax ? reading : undefined, hasSum);
    },
  };
}

/** What has been recorded since. */
export function deltaExponentialHistograms(
  arena: Arena,
  { maxSize, recordMinMax }: ExponentialAggregation,
  { hasSum, interval }: DistributionOptions,
): ValueSource<ExponentialHistogram> {
  if (recordMinMax) interval.want();
  const told: ExponentialReading[] = [];
  return {
    read({ index, cells }) {
      const reading = readExponential(arena, cells, maxSize);
      const last = told[index];
      if (reading.count === (last?.count ?? 0)) return undefined;
      told[index] = reading;
      if (last === undefined) return toValue(reading, recordMinMax ? reading : undefined, hasSum);
      const delta = subtractExponential(reading, last);
      return toValue(delta, recordMinMax ? intervalOf(arena, cells, interval.ended, delta) : undefined, hasSum);
    },
  };
}

function toValue(
  { sum, positive, negative, count, scale, zeroCount }: ExponentialReading,
  extremes: Extremes | undefined,
  hasSum: boolean,
): ExponentialHistogram {
  return { min: extremes?.min, max: extremes?.max, sum: hasSum ? sum : undefined, positive, negative, count, scale, zeroCount };
}

/** Other threads go on while they are read, so the extremes may be of values that the buckets do not have yet, or had before. */
function intervalOf(arena: Arena, cells: readonly number[], interval: number, delta: ExponentialReading): Extremes | undefined {
  if (interval === 0) return undefined;
  const extremes = readInterval(arena, cells, interval);
  return extremes !== undefined && isLowest(delta, extremes.min) && isHighest(delta, extremes.max) ? extremes : undefined;
}

function isLowest({ positive, negative, zeroCount, scale }: Ranges, value: number): boolean {
  const { length } = negative.bucketCounts;
  if (length > 0) return value < 0 && mapToIndex(-value, scale) === negative.offset + length - 1;
  if (zeroCount > 0) return value === 0;
  return value > 0 && mapToIndex(value, scale) === positive.offset;
}

function isHighest({ positive, negative, zeroCount, scale }: Ranges, value: number): boolean {
  return isLowest({ positive: negative, negative: positive, zeroCount, scale }, -value);
}
