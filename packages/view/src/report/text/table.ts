import { columnsOf, fit, printable } from '../../top/text.ts';
import type { Paint, Style } from './paint.ts';

export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  readonly style?: (row: Row) => Style | undefined;
}

export interface Table<Row> {
  readonly title: string;
  readonly name: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

const LEAST_NAME = 16;
/** Columns behind them are given up for names in full. */
const MAIN_COLUMNS = 4;
const GAP = '  ';

/**
 * The heading, and a line a row: its name, then its cells to the right. At most `width` columns wide: the last columns give way as a
 * whole where names would have no room, and then long names in their middle.
 */
export function tableLines<Row>({ title, name, columns, rows }: Table<Row>, width: number, paint: Paint): string[] {
  const names = [title, ...rows.map(name)];
  const cells = columns.map(({ heading, cell }) => [heading, ...rows.map((row) => printable(cell(row)))]);
  const widths = cells.map(widest);
  const left = (): number => widths.reduce((sum, each) => sum - each - GAP.length, width);
  const wanted = widest(names.map(printable));
  while (widths.length > 1 && left() < (widths.length > MAIN_COLUMNS ? wanted : LEAST_NAME)) widths.pop();
  const nameWidth = Math.min(left(), wanted);
  return names.map((each, line) => {
    const row = rows[line - 1];
    const parts = widths.map((columnWidth, i) => {
      const text = fit(cells[i]![line]!, columnWidth, 'right');
      const style = row === undefined ? undefined : columns[i]!.style?.(row);
      return style === undefined ? text : paint(style, text);
    });
    const text = [fit(each, nameWidth), ...parts].join(GAP);
    return row === undefined ? paint('heading', text) : text;
  });
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, columnsOf(text)), 0);
}
