import type { Figures } from '../../../model/picture.ts';
import type { PageSeries } from '../../shared/document.ts';
import { visible } from '../../shared/visible.ts';
import { exactValue, NOTHING, shortCount, shortValue, tagsText } from '../format.ts';
import type { Column } from './column.ts';

/** A name longer than this is cut in the table; the detail has all of it. */
const LONGEST = 300;

export type FigureKey = Exclude<keyof Figures, 'exactPercentiles'>;

/** The figures of a series, as the page calls them. */
export const FIGURES: readonly (readonly [key: FigureKey, label: string])[] = [
  ['count', 'Count'],
  ['total', 'Total'],
  ['average', 'Average'],
  ['minimum', 'Minimum'],
  ['p50', 'p50'],
  ['p95', 'p95'],
  ['p99', 'p99'],
  ['maximum', 'Maximum'],
  ['last', 'Last'],
  ['standardDeviation', 'Std. deviation'],
];

/** Samples have no unit, whatever was measured. */
export function figureText(series: PageSeries, key: FigureKey): string {
  const value = series.figures[key];
  return key === 'count' ? shortCount(value) : shortValue(value, series.unit);
}

export function figureTitle(series: PageSeries, key: FigureKey): string {
  return exactValue(series.figures[key], key === 'count' ? '' : series.unit);
}

export const SERIES_COLUMNS: readonly Column<PageSeries>[] = [
  textColumn('Name', 'wide', (series) => `${visible(series.name)} ${tagsText(series.tags)}`.trim()),
  textColumn('Source', 'middle', ({ source }) => visible(source) || NOTHING),
  textColumn('Type', 'narrow', ({ type }) => visible(type)),
  ...FIGURES.map(
    ([key, label]): Column<PageSeries> => ({
      label,
      numeric: true,
      width: 'narrow',
      valueOf: ({ figures }) => figures[key],
      textOf: (series) => figureText(series, key),
      titleOf: (series) => figureTitle(series, key),
    }),
  ),
];

function textColumn(label: string, width: 'wide' | 'middle' | 'narrow', textOf: (series: PageSeries) => string): Column<PageSeries> {
  const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  return {
    label,
    numeric: false,
    width,
    valueOf: textOf,
    textOf: (series) => cut(textOf(series)),
    titleOf: (series) => cut(textOf(series)),
  };
}
