import { ContentError, type ContentReader } from './content-reader.ts';
import { CsvReader, EVENT_COLUMNS } from './csv.ts';
import { JsonReader, NdjsonReader } from './json.ts';
import { PrometheusReader } from './prometheus/reader.ts';

const CSV_HEADER = new RegExp(`^${EVENT_COLUMNS.map((column) => `(?:${column}|"${column}")`).join(',')}`);
const JSON_OBJECT = /^\{\s*(?:\}|"(?:[^"\\]|\\.)*"\s*:)/;
const PROMETHEUS = /^(?:#|\{|[a-zA-Z_:][a-zA-Z0-9_:]*[ \t]*[{ \t])/;

/**
 * The reader for what begins with `start`: the first bytes decide, not the name of the file. Nothing at all is an empty export.
 * @throws ContentError for what is none of the formats.
 */
export function readerFor(start: string, contentType: string): ContentReader {
  const text = start.trimStart();
  if (text.startsWith('[')) return new JsonReader();
  if (JSON_OBJECT.test(text)) return new NdjsonReader();
  if (CSV_HEADER.test(text)) return new CsvReader();
  if (text === '' || PROMETHEUS.test(text)) return new PrometheusReader(contentType.startsWith('application/openmetrics-text'));
  throw new ContentError("it is neither otel-perf's JSON, NDJSON or CSV nor Prometheus' text format");
}
