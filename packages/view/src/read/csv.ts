import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { parse, type CsvError, type Parser } from 'csv-parse';
import { ContentError, type Content, type ContentReader } from './content-reader.ts';
import { Gathering } from './gathering.ts';
import { Problems } from './problems.ts';
import { tagsOf, type Row } from './row.ts';

export const EVENT_COLUMNS: readonly string[] = ['name', 'value', 'metric_type', 'timestamp', 'source', 'tags'];
const POINT_COLUMNS = [...EVENT_COLUMNS, 'unit', 'count', 'sum', 'min', 'max'];
const LONGEST_RECORD = 16 * 2 ** 20;

/** A single quote that the export put before what a spreadsheet would run as a formula. */
const GUARDED = /^'[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]/;

/**
 * Our CSV: events, or a reader's data points, which have five columns more. The quote before a formula is taken off again; a name that
 * itself began with a quote and such a sign reads back without the quote.
 */
export class CsvReader implements ContentReader {
  readonly #problems = new Problems();
  readonly #gathering = new Gathering(this.#problems);
  readonly #parser: Parser;
  readonly #finished: Promise<void>;
  #columns: number | undefined;
  #lastTags = '{}';
  #tags: Row['tags'] = {};

  constructor() {
    this.#parser = parse({
      relax_column_count: true,
      max_record_size: LONGEST_RECORD,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error) => {
        this.#problems.addAt(Number(error?.['lines'] ?? 0), reasonOf(error));
        return undefined;
      },
      // Nothing is left to be read from the stream.
      on_record: (record, { lines }) => {
        this.#record(record, lines);
        return null;
      },
    });
    this.#parser.resume();
    this.#finished = finished(this.#parser);
    // Whoever takes or ends is told.
    this.#finished.catch(() => {});
  }

  async take(text: string): Promise<void> {
    if (!this.#parser.write(text)) await Promise.race([once(this.#parser, 'drain'), this.#finished]);
  }

  async end(): Promise<Content> {
    this.#parser.end();
    await this.#finished;
    return this.#gathering.content();
  }

  #record(cells: readonly string[], line: number): void {
    if (this.#columns === undefined) {
      this.#columns = columnsOf(cells);
      return;
    }
    if (cells.length !== this.#columns) return this.#problems.addAt(line, `${cells.length} cells in place of ${this.#columns}`);
    const row = this.#row(cells);
    if (typeof row === 'string') this.#problems.addAt(line, row);
    else this.#gathering.add(row, line);
  }

  #row(cells: readonly string[]): Row | string {
    const [name = '', value = '', type = '', timestamp = '', source = '', tags = '', unit, ...moments] = cells;
    // Rows of one series often follow each other, and parsing their tags costs most.
    if (tags !== this.#lastTags) {
      const parsed = parsedTags(tags);
      if (parsed === undefined) return 'tags are no JSON object';
      this.#lastTags = tags;
      this.#tags = parsed;
    }
    const row = {
      name: unguarded(name),
      value: numberOf(value),
      type,
      timestamp: numberOf(timestamp),
      source: unguarded(source),
      tags: this.#tags,
    };
    if (unit === undefined) return row;
    const [count, sum, min, max] = moments.map(numberOf) as [number, number, number, number];
    if (Number.isNaN(count)) return { ...row, point: { unit } };
    const told = { ...some('sum', sum), ...some('min', min), ...some('max', max) };
    return { ...row, point: { unit, distribution: { count, ...told, buckets: [] } } };
  }
}

function columnsOf(header: readonly string[]): number {
  for (const columns of [EVENT_COLUMNS, POINT_COLUMNS]) {
    if (columns.length === header.length && columns.every((column, i) => column === header[i])) return columns.length;
  }
  throw new ContentError(`the columns ${header.join(',')} are not those of otel-perf`);
}

function reasonOf(error: CsvError | undefined): string {
  if (error?.code === 'CSV_INVALID_CLOSING_QUOTE') return 'text behind a closing quote: what follows, up to the next quote, is left out';
  return error?.message ?? 'it cannot be read';
}

function parsedTags(text: string): Row['tags'] | undefined {
  try {
    const tags: unknown = JSON.parse(text);
    return typeof tags === 'object' && tags !== null && !Array.isArray(tags) ? tagsOf({ ...tags }) : undefined;
  } catch {
    return undefined;
  }
}

function unguarded(text: string): string {
  return GUARDED.test(text) ? text.slice(1) : text;
}

/** `NaN` for an empty cell, and for what is no number. */
function numberOf(cell: string): number {
  return cell.trim() === '' ? NaN : Number(cell);
}

function some<K extends string>(key: K, value: number): Partial<Record<K, number>> {
  return Number.isNaN(value) ? {} : ({ [key]: value } as Record<K, number>);
}
