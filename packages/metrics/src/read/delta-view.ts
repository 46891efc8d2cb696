import {
  AggregationTemporality,
  DataPointType,
  InstrumentType,
  type MetricData,
  type ResourceMetrics,
  type ScopeMetrics,
} from '@opentelemetry/sdk-metrics';
import type { HrTime } from '@opentelemetry/api';
import { difference } from './cumulative.ts';
import { attributesKey } from './point-key.ts';

export type TemporalitySelector = (instrumentType: InstrumentType) => AggregationTemporality;

interface Known {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly value: unknown;
}

/**
 * Turns cumulative collections into what an exporter that prefers delta temporality expects. The baseline moves only when `commit` is
 * called: after a failed export the next delta covers both intervals, and nothing is lost.
 */
export class DeltaView {
  readonly #select: TemporalitySelector;
  #baseline = new Map<string, Known>();

  constructor(select: TemporalitySelector) {
    this.#select = select;
  }

  of(resourceMetrics: ResourceMetrics): { data: ResourceMetrics; commit: () => void } {
    const next = new Map<string, Known>();
    const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics.map((data) => {
        if (!this.#wantsDelta(data)) return data;
        return this.#convert(`${streamKey(scope, data)}\0`, data, next);
      }),
    }));
    const commit = () => {
      this.#baseline = next;
    };
    return { data: { resource: resourceMetrics.resource, scopeMetrics }, commit };
  }

  #wantsDelta(data: MetricData): boolean {
    if (data.aggregationTemporality === AggregationTemporality.DELTA || data.dataPointType === DataPointType.GAUGE) return false;
    // What may go down is reported as it stands, in either temporality.
    if (data.dataPointType === DataPointType.SUM && !data.isMonotonic) return false;
    return this.#select(instrumentTypeOf(data)) === AggregationTemporality.DELTA;
  }

  #convert(prefix: string, data: MetricData, next: Map<string, Known>): MetricData {
    const points: MetricData['dataPoints'] = data.dataPoints;
    const dataPoints = points.map((point) => {
      const key = prefix + attributesKey(point.attributes);
      next.set(key, point);
      const known = this.#baseline.get(key);
      // Only a reset moves the start. It may lie behind the end of the first interval: that of a series that began during the collection.
      const value =
        known === undefined || isLater(point.startTime, known.startTime) ? undefined : difference(data, point.value, known.value);
      return value === undefined ? point : { ...point, startTime: known!.endTime, value };
    });
    return { ...data, aggregationTemporality: AggregationTemporality.DELTA, dataPoints } as MetricData;
  }
}

function isLater(a: HrTime, b: HrTime): boolean {
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}

/** What tells streams of data points apart: one scope may have several instruments of one name, if their kinds differ. */
export function streamKey({ name, version, schemaUrl }: ScopeMetrics['scope'], data: MetricData): string {
  const { descriptor, dataPointType } = data;
  const { type, valueType, unit } = descriptor as MetricData['descriptor'] & { type?: InstrumentType };
  return JSON.stringify([name, version, schemaUrl, descriptor.name, unit, dataPointType, type, valueType]);
}

/** The SDK's descriptors carry the instrument's type, though their declared type does not; other producers' may not. */
function instrumentTypeOf(data: MetricData): InstrumentType {
  const { type } = data.descriptor as { type?: InstrumentType };
  if (type !== undefined) return type;
  if (data.dataPointType === DataPointType.SUM) return data.isMonotonic ? InstrumentType.COUNTER : InstrumentType.UP_DOWN_COUNTER;
  return data.dataPointType === DataPointType.GAUGE ? InstrumentType.GAUGE : InstrumentType.HISTOGRAM;
}
