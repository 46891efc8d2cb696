import { type Line, span } from './line.ts';
import { hasRoom, shortenLabel } from './label.ts';
import { columnsOf, fit, printable } from './text.ts';

export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  /** It is at least so wide, so that it does not move with every value. */
  readonly least: number;
  /** At most so wide. Default: as wide as its widest cell. */
  readonly most?: number;
  readonly align?: 'left' | 'right';
  /** Where the terminal is narrow, columns of the least rank give way first. */
  readonly rank: number;
  /** Columns of the terminal that it leaves to the names, or else gives way. Default 16. */
  readonly leaves?: number;
}

/** A column that takes what the others leave. */
export interface ElasticColumn<Row> {
  readonly heading: string;
  readonly cell: (row: Row, width: number) => string;
  readonly least: number;
  readonly most: number;
  readonly rank: number;
  readonly leaves?: number;
}

/** What a row is called. */
export interface Name {
  /** What comes before it, and is never cut. */
  readonly mark?: string;
  /** From the longest on. All rows that are shown have the first for which all of them have room, or else the last, cut. */
  readonly ways: readonly [string, ...string[]];
}

export interface Table<Row> {
  readonly title: string;
  readonly name: (row: Row) => Name;
  readonly columns: readonly Column<Row>[];
  readonly elastic?: ElasticColumn<Row>;
}

const LEAST_NAME = 16;
const GAP = 2;
/** Its place among the columns. */
const ELASTIC = -1;
/** Of what is left to name and elastic column. */
const ELASTIC_SHARE = 0.3;

/** The heading and the given rows, each exactly `width` columns wide where that is at least 1. */
export function tableLines<Row>(table: Table<Row>, rows: readonly Row[], width: number): { heading: Line; lines: Line[] } {
  const { columns, elastic } = table;
  const cells = columns.map(({ cell }) => rows.map((row) => printable(cell(row))));
  const wanted = columns.map(({ heading, least, most = Infinity }, i) =>
    Math.min(most, Math.max(least, columnsOf(heading), ...cells[i]!.map(columnsOf))),
  );
  const { shown, hasElastic, left } = choose(table, wanted, width);
  const elasticWidth = hasElastic ? Math.min(elastic!.most, Math.max(elastic!.least, Math.floor(left * ELASTIC_SHARE))) : 0;
  const nameWidth = Math.max(0, left - (hasElastic ? elasticWidth + GAP : 0));
  const names = namesIn(rows.map(table.name), nameWidth);
  const layout = (name: string, cellOf: (i: number) => string, elasticCell: string): string =>
    [
      fit(name, nameWidth),
      ...shown.map((i) => fit(cellOf(i), wanted[i]!, columns[i]!.align ?? 'right')),
      ...(hasElastic ? [fit(elasticCell, elasticWidth)] : []),
    ].join(' '.repeat(GAP));
  return {
    heading: [
      span(
        layout(table.title, (i) => columns[i]!.heading, elastic?.heading ?? ''),
        'heading',
      ),
    ],
    lines: rows.map((row, r) => [span(layout(names[r]!, (i) => cells[i]![r]!, hasElastic ? elastic!.cell(row, elasticWidth) : ''))]),
  };
}

/** As long as there is room for all of them. */
function namesIn(names: readonly Name[], width: number): string[] {
  const longest = Math.max(0, ...names.map(({ ways }) => ways.length - 1));
  const fits = (way: number): boolean => names.every(({ mark = '', ways }) => hasRoom(mark + (ways[way] ?? ways.at(-1)!), width));
  let way = 0;
  while (way < longest && !fits(way)) way++;
  return names.map(({ mark = '', ways }) => mark + shortenLabel(ways[way] ?? ways.at(-1)!, width - columnsOf(mark)));
}

interface Choice {
  /** Places of the columns that there is room for. */
  readonly shown: readonly number[];
  readonly hasElastic: boolean;
  /** Columns of the terminal that are left to name and elastic column. */
  readonly left: number;
}

function choose<Row>({ columns, elastic }: Table<Row>, widths: readonly number[], width: number): Choice {
  const candidates = columns.map(({ rank, leaves = LEAST_NAME }, i) => ({ place: i, rank, leaves, takes: widths[i]! + GAP }));
  if (elastic !== undefined) {
    const { rank, leaves = LEAST_NAME, least } = elastic;
    candidates.push({ place: ELASTIC, rank, leaves, takes: least + GAP });
  }
  candidates.sort((a, b) => a.rank - b.rank);
  const room = (): number => candidates.reduce((left, { takes }) => left - takes, width);
  while (candidates.length > 0 && room() < candidates[0]!.leaves) candidates.shift();
  const chosen = new Set(candidates.map(({ place }) => place));
  const hasElastic = chosen.has(ELASTIC);
  return {
    shown: [...columns.keys()].filter((i) => chosen.has(i)),
    hasElastic,
    left: room() + (hasElastic ? elastic!.least + GAP : 0),
  };
}
