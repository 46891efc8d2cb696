import type { DataPointType } from '@opentelemetry/sdk-metrics';
import type { PrometheusNaming } from './options.ts';
import { POINT_TYPE } from './point-type.ts';
import { unitSuffixes } from './units.ts';

/** `info` is that of `target_info` in OpenMetrics. */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'info';

/** What a metric is called by: of `MetricData`. */
export interface MetricKind {
  readonly dataPointType: DataPointType;
  /** Of sums. */
  readonly isMonotonic?: boolean;
  readonly descriptor: { readonly name: string; readonly unit: string };
}

/** The Prometheus type of a metric; undefined for a kind of data point that SDK 3.1 does not have. */
export function familyType(metric: MetricKind): FamilyType | undefined {
  switch (metric.dataPointType) {
    case POINT_TYPE.SUM:
      return metric.isMonotonic ? 'counter' : 'gauge';
    case POINT_TYPE.GAUGE:
      return 'gauge';
    case POINT_TYPE.HISTOGRAM:
    case POINT_TYPE.EXPONENTIAL_HISTOGRAM:
      return 'histogram';
    default:
      return undefined;
  }
}

/**
 * The metric name before clashes are resolved; always legal. A name without one legal character becomes `_`, where the official
 * exporter and the Collector drop the metric.
 */
export function metricName(naming: PrometheusNaming, prefix: string, metric: MetricKind): string {
  const name = naming === 'official' ? officialName(prefix, metric) : specificationName(prefix, metric);
  if (name === '') return '_';
  return startsWithDigit(name) ? `_${name}` : name;
}

function officialName(prefix: string, metric: MetricKind): string {
  // That exporter escapes a line feed to a backslash and an `n` before it replaces illegal characters.
  const legal = metric.descriptor.name
    .replaceAll('\n', '_n')
    .replace(/[^a-zA-Z0-9_]/g, '_')
    .replace(/_{2,}/g, '_');
  const name = prefix === '' ? legal : `${prefix}_${legal}`;
  return familyType(metric) === 'counter' && !name.endsWith('_total') ? `${name}_total` : name;
}

function specificationName(prefix: string, metric: MetricKind): string {
  const { name, unit } = metric.descriptor;
  let words = name.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '');
  for (const suffix of unitSuffixes(unit)) {
    if (!words.includes(suffix)) words.push(suffix);
  }
  // `1` on a counter is widely used for a count of things, hence a ratio only on gauges.
  const isRatio = metric.dataPointType === POINT_TYPE.GAUGE && unit === '1';
  const last = familyType(metric) === 'counter' ? 'total' : isRatio ? 'ratio' : '';
  if (last !== '') words = [...words.filter((word) => word !== last), last];
  if (prefix !== '') words.unshift(prefix);
  return words.join('_');
}

/**
 * The label name of an attribute; always legal and never in the space `__*` that Prometheus reserves. A name that would start
 * with a digit gets `key_` (specification, as the Collector does; there a leading `_` gets `key` too) or `_` (official).
 */
export function labelName(naming: PrometheusNaming, key: string): string {
  const name = key.replace(/[^a-zA-Z0-9_]/g, '_').replace(/_{2,}/g, '_');
  if (naming === 'official') return name === '' || startsWithDigit(name) ? `_${name}` : name;
  if (name === '' || startsWithDigit(name)) return `key_${name}`;
  return name.startsWith('_') ? `key${name}` : name;
}

function startsWithDigit(name: string): boolean {
  const code = name.charCodeAt(0);
  return code >= 48 && code <= 57;
}
