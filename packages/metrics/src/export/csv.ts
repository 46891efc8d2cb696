import type { MetricSelector } from '../filter/metrics-filter.ts';
import type { Metric } from '../model/metric.ts';
import type { EventLog } from '../record/event-log.ts';
import { csvCell, csvNumber } from './encode/csv-cell.ts';
import { EventRows } from './encode/event-rows.ts';
import { MetricRows } from './encode/metric-rows.ts';
import type { EventRowFormat, MetricRowFormat } from './encode/row-format.ts';
import { writeRows, type Frame } from './output/write-rows.ts';
import type { ExportResult, ExportTarget, RowExportOptions } from './target.ts';

export interface EventsCsvOptions extends RowExportOptions {
  /** Which events are written. Default all. A predicate is called while the export runs; when it throws, the export rejects with its error. */
  filter?: MetricSelector;
}

/**
 * Writes the events that are in the history at the call, oldest first, as CSV (RFC 4180, UTF-8, lines end in CRLF) under the header
 * `name,value,metric_type,timestamp,source,tags`: the value in the unit of its type, the timestamp in Unix seconds with microseconds, both
 * reading back as the very numbers that were recorded, the tags as a JSON object. Works as `exportEventsToJson` does.
 *
 * Names and sources that a spreadsheet would run as a formula (those that start with `=`, `+`, `-`, `@`, their full-width forms, TAB, CR,
 * LF or NUL) are preceded by a single quote. UTF-8 has no lone surrogates: outside of the tags they become U+FFFD.
 *
 * @throws (rejects with) what `exportEventsToJson` does.
 */
export async function exportEventsToCsv(events: EventLog, target: ExportTarget, options: EventsCsvOptions = {}): Promise<ExportResult> {
  const rows = new EventRows(events, eventRow, options.filter);
  await writeRows(rows, frame(EVENT_COLUMNS), target, options);
  return { written: rows.written, overwritten: rows.overwritten };
}

/**
 * Writes data points of a reader, in their order, as the events are written, under the header
 * `name,value,metric_type,timestamp,source,tags,unit,count,sum,min,max`. The last four are those of the distribution; cells of what is
 * absent, or no finite number, are empty. Buckets are in the JSON export only. `metrics` is read while the export runs.
 *
 * @throws (rejects with) what `exportEventsToJson` does, or what `metrics` throws.
 */
export async function exportMetricsToCsv(
  metrics: Iterable<Metric>,
  target: ExportTarget,
  options: RowExportOptions = {},
): Promise<ExportResult> {
  const rows = new MetricRows(metrics, metricRow);
  await writeRows(rows, frame(METRIC_COLUMNS), target, options);
  return { written: rows.written, overwritten: 0 };
}

const EVENT_COLUMNS = ['name', 'value', 'metric_type', 'timestamp', 'source', 'tags'];
const METRIC_COLUMNS = [...EVENT_COLUMNS, 'unit', 'count', 'sum', 'min', 'max'];

function frame(columns: readonly string[]): Frame {
  return { head: `${columns.join(',')}\r\n`, foot: () => '' };
}

const eventRow: EventRowFormat = ({ name, type, source, tags }) => ({
  beforeValue: `${csvCell(name)},`,
  beforeTimestamp: `,${csvCell(type)},`,
  end: `,${csvCell(source)},${csvCell(JSON.stringify(tags))}\r\n`,
});

const metricRow: MetricRowFormat = ({ name, value, type, timestamp, source, tags, unit = '', distribution: d }) => {
  const distribution = [d?.count, d?.sum, d?.min, d?.max].map(csvNumber);
  const cells = [csvCell(name), csvNumber(value), csvCell(type), csvNumber(timestamp), csvCell(source), csvCell(JSON.stringify(tags))];
  return `${[...cells, csvCell(unit), ...distribution].join(',')}\r\n`;
};
