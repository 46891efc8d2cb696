import { diag } from '@opentelemetry/api';
import { AggregationType, type AggregationOption } from '@opentelemetry/sdk-metrics';
import type { StreamAggregation } from '../model/stream.ts';
import type { InstrumentDescriptor } from './instrument-descriptor.ts';

/** The specification's. */
const DEFAULT_BOUNDARIES: readonly number[] = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];
const DEFAULT_MAX_SIZE = 160;
const LEAST_MAX_SIZE = 2;

/** @throws TypeError for an aggregation that there is none of, or one of explicit buckets with options but no boundaries. */
export function checkAggregation(option: AggregationOption): AggregationOption {
  if (!Object.values(AggregationType).includes(option.type)) throw new TypeError(`Unsupported Aggregation: ${String(option.type)}`);
  if (
    option.type === AggregationType.EXPLICIT_BUCKET_HISTOGRAM &&
    option.options !== undefined &&
    !Array.isArray(option.options.boundaries)
  )
    throw new TypeError('aggregation.options.boundaries must be an array; an empty one makes a histogram of one bucket');
  return option;
}

/** What is kept of an instrument's values under `option`; `undefined` for nothing. */
export function aggregationOf(option: AggregationOption, instrument: InstrumentDescriptor): StreamAggregation | undefined {
  switch (option.type) {
    case AggregationType.DROP:
      return undefined;
    case AggregationType.SUM:
      return { kind: 'sum' };
    case AggregationType.LAST_VALUE:
      return { kind: 'last-value' };
    case AggregationType.EXPLICIT_BUCKET_HISTOGRAM:
      return histogram(option.options?.boundaries, option.options?.recordMinMax);
    case AggregationType.EXPONENTIAL_HISTOGRAM:
      return {
        kind: 'exponential-histogram',
        maxSize: maxSize(option.options?.maxSize),
        recordMinMax: option.options?.recordMinMax ?? true,
      };
    case AggregationType.DEFAULT:
      return defaultOf(instrument);
  }
}

function defaultOf({ type, advice }: InstrumentDescriptor): StreamAggregation {
  if (type === 'HISTOGRAM') return histogram(advice.explicitBucketBoundaries);
  return { kind: type === 'GAUGE' || type === 'OBSERVABLE_GAUGE' ? 'last-value' : 'sum' };
}

/** In any order; infinite ones are what a histogram has anyway. */
function histogram(boundaries: readonly number[] = DEFAULT_BOUNDARIES, recordMinMax = true): StreamAggregation {
  return { kind: 'histogram', boundaries: boundaries.filter((boundary) => Number.isFinite(boundary)).sort((a, b) => a - b), recordMinMax };
}

function maxSize(wanted: number = DEFAULT_MAX_SIZE): number {
  if (wanted >= LEAST_MAX_SIZE) return Math.trunc(wanted);
  diag.warn(`Exponential Histogram Max Size set to ${wanted}, changing to the minimum size of: ${LEAST_MAX_SIZE}`);
  return LEAST_MAX_SIZE;
}
