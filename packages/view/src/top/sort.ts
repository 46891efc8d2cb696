import type { Track } from './history.ts';

/** What rows of series are ordered by: greatest first, names from A on. */
export const SORT_KEYS = ['rate', 'p95', 'p99', 'p50', 'total', 'name'] as const;

export type SortKey = (typeof SORT_KEYS)[number];

/** A new array. Rows that have no such figure come last; equal ones are in the order of their names. */
export function sorted(tracks: readonly Track[], key: SortKey): Track[] {
  const byName = tracks.toSorted((a, b) => compareNames(a.series.name, b.series.name));
  return key === 'name' ? byName : byName.sort((a, b) => compare(figureOf(b, key), figureOf(a, key)));
}

/** The heading of a column, which tells by its arrow that rows are ordered by it. */
export function headingOf(heading: string, key: SortKey, sort: SortKey): string {
  if (key !== sort) return heading;
  return `${heading}${key === 'name' ? '▲' : '▼'}`;
}

/** All samples of a distribution, or all that a counter counted, since the start. */
export function totalOf({ series: { figures, distribution } }: Track): number | undefined {
  return distribution?.count ?? figures.count;
}

function figureOf(track: Track, key: Exclude<SortKey, 'name'>): number {
  const { series, flow } = track;
  if (key === 'total') return (series.kind === 'counter' ? flow.value : totalOf(track)) ?? -Infinity;
  const figure = series.kind === 'counter' ? flow.rate : flow[key];
  return figure ?? -Infinity;
}

/** Infinities are equal to themselves, where their difference is no number. */
function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
