import type { MetricSelector } from '../filter/metrics-filter.ts';
import type { Bucket, Distribution, Metric } from '../model/metric.ts';
import type { EventLog } from '../record/event-log.ts';
import { EventRows } from './encode/event-rows.ts';
import { MetricRows } from './encode/metric-rows.ts';
import type { EventRowFormat, MetricRowFormat } from './encode/row-format.ts';
import { writeRows, type Frame } from './output/write-rows.ts';
import type { ExportResult, ExportTarget, RowExportOptions } from './target.ts';

export interface JsonOptions extends RowExportOptions {
  /** One object a line, for tools that read a stream (`jq`, `grep`), in place of one array. Default false. */
  newlineDelimited?: boolean;
}

export interface EventsJsonOptions extends JsonOptions {
  /** Which events are written. Default all. A predicate is called while the export runs; when it throws, the export rejects with its error. */
  filter?: MetricSelector;
}

/**
 * Writes the events that are in the history at the call, oldest first, as a JSON array of
 * `{ name, value, metric_type, timestamp, source, tags }`: the value in the unit of its type, the timestamp in Unix seconds with
 * microseconds, both reading back as the very numbers that were recorded. Works through the history page by page, in little memory, and
 * lets the process do other work in between; recording may go on.
 *
 * @throws (rejects with) TypeError for a bad target; the file system's error with the path in its message; the stream's error; the
 * predicate's error; the signal's reason.
 */
export async function exportEventsToJson(events: EventLog, target: ExportTarget, options: EventsJsonOptions = {}): Promise<ExportResult> {
  const { newlineDelimited = false, filter } = options;
  const rows = new EventRows(events, newlineDelimited ? eventLine : eventElement, filter);
  await writeRows(rows, newlineDelimited ? LINES : ARRAY, target, options);
  return { written: rows.written, overwritten: rows.overwritten };
}

/**
 * Writes data points of a reader, in their order, as the events are written, with two more keys where the data point has them: `unit`, and
 * `distribution` as `{ count, sum, min, max, buckets: [{ lower, upper, count }] }`. JSON knows no infinity: bounds of buckets are the
 * strings `"+Inf"` and `"-Inf"` then, any other number that is not finite is `null` (the value of an empty histogram, for one).
 * `metrics` is read while the export runs.
 *
 * @throws (rejects with) what `exportEventsToJson` does, or what `metrics` throws.
 */
export async function exportMetricsToJson(
  metrics: Iterable<Metric>,
  target: ExportTarget,
  options: JsonOptions = {},
): Promise<ExportResult> {
  const { newlineDelimited = false } = options;
  const rows = new MetricRows(metrics, newlineDelimited ? metricLine : metricElement);
  await writeRows(rows, newlineDelimited ? LINES : ARRAY, target, options);
  return { written: rows.written, overwritten: 0 };
}

const LINES: Frame = { head: '', foot: () => '' };

/** Every element begins with a comma, the first one with the bracket in its place. */
const ARRAY: Frame = { head: '', opener: '['.charCodeAt(0), foot: (rows) => (rows === 0 ? '[]' : '\n]') };

const eventElement: EventRowFormat = ({ name, type, source, tags }) => ({
  beforeValue: `,\n{"name":${JSON.stringify(name)},"value":`,
  beforeTimestamp: `,"metric_type":${JSON.stringify(type)},"timestamp":`,
  end: `,"source":${JSON.stringify(source)},"tags":${JSON.stringify(tags)}}`,
});

const eventLine: EventRowFormat = (series) => {
  const { beforeValue, beforeTimestamp, end } = eventElement(series);
  return { beforeValue: beforeValue.slice(2), beforeTimestamp, end: `${end}\n` };
};

const metricElement: MetricRowFormat = (metric) => `,\n${metricObject(metric)}`;

const metricLine: MetricRowFormat = (metric) => `${metricObject(metric)}\n`;

/** `JSON.stringify` leaves out what is undefined and makes numbers that are not finite null. */
function metricObject({ name, value, type, timestamp, source, tags, unit, distribution }: Metric): string {
  return JSON.stringify({
    name,
    value,
    metric_type: type,
    timestamp,
    source,
    tags,
    unit,
    distribution: distribution && distributionObject(distribution),
  });
}

function distributionObject({ count, sum, min, max, buckets }: Distribution): object {
  return { count, sum, min, max, buckets: buckets.map(bucketObject) };
}

function bucketObject({ lower, upper, count }: Bucket): object {
  return { lower: bound(lower), upper: bound(upper), count };
}

function bound(value: number): number | string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : value;
}
