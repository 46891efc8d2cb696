import type { Line } from './line.ts';
import { type Table, tableLines } from './table.ts';

/** A part of the view: a heading and rows under it, of which only those are made that are shown. */
export interface Section {
  readonly rows: number;
  lines(from: number, to: number, width: number): { readonly heading: Line; readonly lines: readonly Line[] };
}

/** None where there are no rows. */
export function section<Row>(table: Table<Row>, rows: readonly Row[]): readonly Section[] {
  if (rows.length === 0) return [];
  return [{ rows: rows.length, lines: (from, to, width) => tableLines(table, rows.slice(from, to), width) }];
}
