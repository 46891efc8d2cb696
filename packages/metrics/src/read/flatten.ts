import {
  DataPointType,
  type DataPoint,
  type ExponentialHistogram,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { Attributes, HrTime } from '@opentelemetry/api';
import type { Distribution, Metric, Tags, TagValue } from '../model/metric.ts';
import { typeOfForeignInstrument } from '../model/instrument-mapping.ts';
import type { Origin } from '../record/instruments.ts';
import { explicitBuckets, exponentialBuckets } from '../model/buckets.ts';

/** The metric behind an instrument, for instruments of our collector. */
export type OriginOf = (scope: string, instrument: string) => Origin | undefined;

/** Every data point as a `Metric`, in the order of the collection. */
export function* flatten(resourceMetrics: ResourceMetrics, originOf: OriginOf): Generator<Metric> {
  for (const { scope, metrics } of resourceMetrics.scopeMetrics) {
    for (const data of metrics) {
      const identity = identify(scope.name, data, originOf);
      for (const point of data.dataPoints) yield toMetric(identity, data, point);
    }
  }
}

/** What all data points of an instrument have in common. */
export type Identity = Pick<Metric, 'name' | 'type' | 'source' | 'unit'>;

export function identify(scope: string, data: MetricData, originOf: OriginOf): Identity {
  const { name, unit } = data.descriptor;
  const origin = originOf(scope, name);
  if (origin !== undefined) return { name: origin.name, type: origin.type, source: origin.source, unit };
  const monotonic = data.dataPointType === DataPointType.SUM && data.isMonotonic;
  return { name, type: typeOfForeignInstrument(monotonic, unit), source: scope, unit };
}

export function toMetric(identity: Identity, data: MetricData, point: MetricData['dataPoints'][number]): Metric {
  const distribution = distributionOf(data, point);
  return {
    ...identity,
    value: distribution === undefined ? (point.value as number) : (distribution.sum ?? NaN) / distribution.count,
    timestamp: toUnixSeconds(point.endTime),
    tags: toTags(point.attributes),
    ...(distribution === undefined ? {} : { distribution }),
  };
}

export function distributionOf(data: MetricData, point: MetricData['dataPoints'][number]): Distribution | undefined {
  if (data.dataPointType === DataPointType.HISTOGRAM) {
    const { value } = point as DataPoint<Histogram>;
    return { ...moments(value), buckets: explicitBuckets(value.buckets) };
  }
  if (data.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) {
    const { value } = point as DataPoint<ExponentialHistogram>;
    return { ...moments(value), buckets: exponentialBuckets(value) };
  }
  return undefined;
}

function moments({ count, sum, min, max }: Pick<Histogram, 'count' | 'sum' | 'min' | 'max'>): Omit<Distribution, 'buckets'> {
  return {
    count,
    ...(sum === undefined ? {} : { sum }),
    ...(min === undefined || count === 0 ? {} : { min }),
    ...(max === undefined || count === 0 ? {} : { max }),
  };
}

function toUnixSeconds([seconds, nanos]: HrTime): number {
  return Math.round(seconds * 1e6 + nanos / 1e3) / 1e6;
}

/** OpenTelemetry attributes may be lists; as tags they are their JSON. */
function toTags(attributes: Attributes): Tags {
  const tags = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== null);
  // Object.fromEntries keeps `__proto__`, which an assignment would not.
  return Object.fromEntries(tags.map(([key, value]) => [key, Array.isArray(value) ? JSON.stringify(value) : (value as TagValue)]));
}
