import type { Attributes, HrTime } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, type DataPoint, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { canonicalKey } from '../../src/attributes/canonical.ts';

export interface NormalMetric {
  readonly scope: { readonly name: string; readonly version: string; readonly schemaUrl: string };
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly type: string;
  readonly valueType: number;
  readonly temporality: 'cumulative' | 'delta';
  readonly kind: string;
  readonly isMonotonic?: boolean;
  readonly points: readonly (readonly [Attributes, unknown])[];
}

/**
 * Collected data without the times, metric by metric. What the SDK leaves to chance is put in order: which scope's callbacks are done
 * first, and of deltas, which series was first in the interval.
 */
export function normalise({ scopeMetrics }: ResourceMetrics): NormalMetric[] {
  const scopes = scopeMetrics.toSorted((a, b) => compare(scopeKey(a), scopeKey(b)));
  return scopes.flatMap(({ scope: { name, version = '', schemaUrl = '' }, metrics }) =>
    metrics.map((metric) => normaliseMetric({ name, version, schemaUrl }, metric)),
  );
}

function normaliseMetric(scope: NormalMetric['scope'], metric: MetricData): NormalMetric {
  const { name, description, unit, valueType, type } = metric.descriptor as MetricData['descriptor'] & { type: string };
  const isDelta = metric.aggregationTemporality === AggregationTemporality.DELTA;
  const points = (metric.dataPoints as DataPoint<unknown>[]).map(({ attributes, value }) => [attributes, value] as const);
  return {
    scope,
    name,
    description,
    unit,
    type,
    valueType,
    temporality: isDelta ? 'delta' : 'cumulative',
    kind: DataPointType[metric.dataPointType],
    ...(metric.dataPointType === DataPointType.SUM ? { isMonotonic: metric.isMonotonic } : {}),
    points: isDelta ? points.toSorted(([a], [b]) => compare(canonicalKey(a), canonicalKey(b))) : points,
  };
}

/** The points of each metric by its name: what most tests look at. */
export function pointsOf(resourceMetrics: ResourceMetrics): Record<string, NormalMetric['points']> {
  return Object.fromEntries(normalise(resourceMetrics).map(({ name, points }) => [name, points]));
}

/** The values of the only series of each metric. */
export function valuesOf(resourceMetrics: ResourceMetrics): Record<string, unknown> {
  return Object.fromEntries(normalise(resourceMetrics).map(({ name, points }) => [name, points.length === 1 ? points[0]![1] : points]));
}

export function allPoints({ scopeMetrics }: ResourceMetrics): DataPoint<unknown>[] {
  return scopeMetrics.flatMap(({ metrics }) => metrics.flatMap(({ dataPoints }) => dataPoints as DataPoint<unknown>[]));
}

export function toMillis([seconds, nanos]: HrTime): number {
  return seconds * 1000 + nanos / 1e6;
}

function scopeKey({ scope }: ResourceMetrics['scopeMetrics'][number]): string {
  return JSON.stringify([scope.name, scope.version, scope.schemaUrl]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
