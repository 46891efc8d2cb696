import type { SeriesPicture } from '../model/picture.ts';
import { isTime } from './budget/units.ts';
import { figureOf, type Statistic } from './statistics.ts';

/** Series that have the same columns. */
export interface Group {
  readonly title: string;
  readonly order: Statistic | 'name';
  readonly rows: readonly SeriesPicture[];
  /** How many there are, with those that `top` leaves out. */
  readonly of: number;
  /** The most telling first: where there is no room, the last give way. */
  readonly columns: readonly Statistic[];
}

export interface GroupOptions {
  /** What rows are ordered by: greatest first, names from A on. Default: times and distributions by average, counters by total, gauges by name. */
  readonly sort?: Statistic | 'name';
  /** Rows of a group at most. */
  readonly top?: number;
}

interface GroupKind extends Pick<Group, 'title' | 'order' | 'columns'> {
  readonly has: (series: SeriesPicture) => boolean;
}

const OF_DISTRIBUTIONS: readonly Statistic[] = ['count', 'average', 'p50', 'p95', 'p99', 'max', 'total', 'stddev', 'min'];

const KINDS: readonly GroupKind[] = [
  { title: 'Times', order: 'average', columns: OF_DISTRIBUTIONS, has: ({ kind, unit }) => kind === 'distribution' && isTime(unit) },
  {
    title: 'Distributions',
    order: 'average',
    columns: OF_DISTRIBUTIONS,
    has: ({ kind, unit }) => kind === 'distribution' && !isTime(unit),
  },
  { title: 'Counters', order: 'total', columns: ['total', 'count', 'average', 'max'], has: ({ kind }) => kind === 'counter' },
  {
    title: 'Gauges',
    order: 'name',
    columns: ['last', 'average', 'p50', 'p95', 'max', 'min', 'count', 'stddev'],
    has: ({ kind }) => kind === 'gauge',
  },
];

/** Groups that have any series, with the columns that any of them has a figure for. */
export function groupsOf(series: readonly SeriesPicture[], { sort, top = Infinity }: GroupOptions): Group[] {
  return KINDS.flatMap(({ title, order: usual, columns, has }) => {
    const all = series.filter(has);
    if (all.length === 0) return [];
    const order = sort ?? usual;
    const rows = sorted(all, order).slice(0, top);
    // What the rows are ordered by is to be seen.
    const shown = order === 'name' ? columns : [order, ...columns.filter((column) => column !== order)];
    const ordered = sort === undefined ? columns : shown;
    return [
      { title, order, rows, of: all.length, columns: ordered.filter((column) => rows.some((row) => figureOf(row, column) !== undefined)) },
    ];
  });
}

/** Series without such a figure come last; equal ones in the order of their names. */
function sorted(series: readonly SeriesPicture[], order: Statistic | 'name'): SeriesPicture[] {
  const byName = series.toSorted((a, b) => compare(a.name, b.name));
  if (order === 'name') return byName;
  return byName.sort((a, b) => compare(figureOf(b, order) ?? -Infinity, figureOf(a, order) ?? -Infinity));
}

function compare<T extends string | number>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
