import { spawnSync } from 'node:child_process';
import { ValueType, type Attributes } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics';
import type { DataPoint, ExponentialHistogram, Histogram } from '@opentelemetry/sdk-metrics';
import type { MetricData, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics';

export type Point<T> = readonly [attributes: Attributes, value: T];

interface Description {
  readonly unit?: string;
  readonly description?: string;
}

const TIME: [number, number] = [1_700_000_000, 123_000_000];

function metric<T>(name: string, points: readonly Point<T>[], { unit = '', description = '' }: Description) {
  const dataPoints = points.map(([attributes, value]): DataPoint<T> => ({ attributes, value, startTime: TIME, endTime: TIME }));
  return {
    descriptor: { name, unit, description, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints,
  };
}

export function counter(name: string, points: readonly Point<number>[], description: Description = {}): MetricData {
  return { ...metric(name, points, description), dataPointType: DataPointType.SUM, isMonotonic: true };
}

export function upDownCounter(name: string, points: readonly Point<number>[], description: Description = {}): MetricData {
  return { ...metric(name, points, description), dataPointType: DataPointType.SUM, isMonotonic: false };
}

export function gauge(name: string, points: readonly Point<number>[], description: Description = {}): MetricData {
  return { ...metric(name, points, description), dataPointType: DataPointType.GAUGE };
}

export function histogram(name: string, points: readonly Point<Histogram>[], description: Description = {}): MetricData {
  return { ...metric(name, points, description), dataPointType: DataPointType.HISTOGRAM };
}

type ExponentialPoint = Point<ExponentialHistogram>;

export function exponential(name: string, points: readonly ExponentialPoint[], description: Description = {}): MetricData {
  return { ...metric(name, points, description), dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM };
}

/** A histogram value with consistent `count`. */
export function buckets(boundaries: number[], counts: number[], sum = 1): Histogram {
  return { buckets: { boundaries, counts }, count: counts.reduce((total, count) => total + count, 0), sum };
}

export function scope(name: string, metrics: MetricData[], rest: { version?: string; schemaUrl?: string } = {}): ScopeMetrics {
  return { scope: { name, ...rest }, metrics };
}

export function resourceMetrics(scopeMetrics: ScopeMetrics[], attributes: Attributes = {}): ResourceMetrics {
  const resource = { attributes, asyncAttributesPending: false } as ResourceMetrics['resource'];
  return { resource, scopeMetrics };
}

/** The lines of a text that are samples of some metric but `target_info`. */
export function samplesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('target_info'));
}

export interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: string;
}

export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

/**
 * Reads an exposition, and throws for what promtool does not mind but a Prometheus server does or may: two families or series of
 * one name, a label twice, `le` out of order, samples outside their family.
 */
export function parseExposition(text: string): Map<string, ParsedFamily> {
  const families = new Map<string, ParsedFamily>();
  const seen = new Set<string>();
  let family: ParsedFamily | undefined;
  let help = '';
  if (text !== '' && !text.endsWith('\n')) throw new Error('no line feed at the end');
  for (const line of text.split('\n').slice(0, -1)) {
    const comment = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\n]*)$/.exec(line);
    if (comment !== null) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP') help = rest;
      if (kind !== 'TYPE') continue;
      if (families.has(name)) throw new Error(`family twice: ${name}`);
      families.set(name, (family = { name, type: rest, help, samples: [] }));
    } else if (line !== '# no registered metrics') {
      const sample = parseSample(line);
      const owners = family?.type === 'histogram' ? ['_bucket', '_count', '_sum'].map((end) => family!.name + end) : [family?.name];
      if (family === undefined || !owners.includes(sample.name)) throw new Error(`sample outside its family: ${line}`);
      const id = `${sample.name} ${JSON.stringify([...sample.labels].filter(([, value]) => value !== '').sort())}`;
      if (seen.has(id)) throw new Error(`series twice: ${line}`);
      seen.add(id);
      family.samples.push(sample);
    }
  }
  for (const each of families.values()) if (each.type === 'histogram') checkHistogram(each);
  return families;
}

function parseSample(line: string): Sample {
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([^\n]*)\})? (\S+)(?: -?\d+)?$/.exec(line);
  if (match === null) throw new Error(`not a sample: ${line}`);
  const [, name = '', body = '', value = ''] = match;
  if (!['+Inf', '-Inf', 'NaN'].includes(value) && !Number.isFinite(Number(value))) throw new Error(`not a value: ${line}`);
  const labels = new Map<string, string>();
  const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
  while (label.lastIndex < body.length) {
    const found = label.exec(body);
    if (found === null) throw new Error(`not labels: ${line}`);
    const [, key = '', text = ''] = found;
    if (labels.has(key) || key.startsWith('__')) throw new Error(`label twice or reserved: ${line}`);
    labels.set(key, text);
  }
  return { name, labels, value };
}

function checkHistogram({ name, samples }: ParsedFamily): void {
  const series = new Map<string, { les: number[]; counts: number[]; count?: number }>();
  for (const sample of samples) {
    const rest = [...sample.labels].filter(([key]) => sample.name !== `${name}_bucket` || key !== 'le');
    const id = JSON.stringify(rest);
    const one = series.get(id) ?? { les: [], counts: [] };
    series.set(id, one);
    if (sample.name === `${name}_count`) one.count = Number(sample.value);
    if (sample.name === `${name}_bucket`) {
      const le = sample.labels.get('le');
      one.les.push(le === '+Inf' ? Infinity : Number(le));
      one.counts.push(Number(sample.value));
    }
  }
  for (const { les, counts, count } of series.values()) {
    if (les.at(-1) !== Infinity || counts.at(-1) !== count) throw new Error(`${name}: +Inf is not the count`);
    const isAscending = les.every((le, i) => i === 0 || (le > les[i - 1]! && counts[i]! >= counts[i - 1]!));
    if (!isAscending) throw new Error(`${name}: le or counts out of order`);
  }
}

export const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

/** promtool's verdict: 0 clean, 3 readable but its linter has remarks (in `output`), 1 not readable. */
export function promtool(text: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}
