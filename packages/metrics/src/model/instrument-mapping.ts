import { MetricType } from './metric-type.ts';

/** How a metric type is recorded in OpenTelemetry. */
export interface InstrumentMapping {
  readonly kind: 'histogram' | 'gauge' | 'counter';
  /** UCUM; empty for none. */
  readonly unit: string;
  /** The least value that the type accepts. */
  readonly least: number;
}

const ANY = -Number.MAX_VALUE;

export const INSTRUMENT_MAPPING: Readonly<Record<MetricType, InstrumentMapping>> = {
  [MetricType.TIME]: { kind: 'histogram', unit: 's', least: 0 },
  [MetricType.THROUGHPUT]: { kind: 'gauge', unit: '{item}/s', least: 0 },
  [MetricType.MEMORY]: { kind: 'gauge', unit: 'By', least: ANY },
  [MetricType.COUNTER]: { kind: 'counter', unit: '', least: 0 },
  [MetricType.RATIO]: { kind: 'gauge', unit: '1', least: ANY },
  [MetricType.PERCENTAGE]: { kind: 'gauge', unit: '%', least: ANY },
  [MetricType.CUSTOM]: { kind: 'gauge', unit: '', least: ANY },
};

/** Bucket bounds of `TIME` histograms unless the collector is given others: 1-2.5-5 steps from 1 µs to 10 s, in seconds. */
export const DEFAULT_TIME_BOUNDARIES: readonly number[] = [
  1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

const TIME_UNITS = new Set(['ns', 'us', 'ms', 's', 'min', 'h', 'd']);

/** The metric type that describes an instrument of another library best; values keep that instrument's unit. */
export function typeOfForeignInstrument(isMonotonicSum: boolean, unit: string): MetricType {
  if (isMonotonicSum) return MetricType.COUNTER;
  if (TIME_UNITS.has(unit)) return MetricType.TIME;
  if (/^[kKMGT]?i?By$/.test(unit)) return MetricType.MEMORY;
  if (unit === '1') return MetricType.RATIO;
  if (unit === '%') return MetricType.PERCENTAGE;
  if (unit.endsWith('/s')) return MetricType.THROUGHPUT;
  return MetricType.CUSTOM;
}
