import type { Tags } from '@otel-perf/metrics';
import type { Figures } from '../../../model/picture.ts';
import type { PageSeries } from '../../shared/document.ts';
import { visible } from '../../shared/visible.ts';
import { tellingTags } from '../../../top/label.ts';
import { exactValue, NOTHING, shortCount, shortValue, tagsText } from '../format.ts';
import type { Column } from './column.ts';

/** A name longer than this is cut in the table; the detail has all of it. */
const LONGEST = 300;

export type FigureKey = Exclude<keyof Figures, 'exactPercentiles'>;

/** The figures of a series, as the page calls them, those first that people look for first. */
export const FIGURES: readonly (readonly [key: FigureKey, label: string])[] = [
  ['count', 'Count'],
  ['average', 'Average'],
  ['p50', 'p50'],
  ['p95', 'p95'],
  ['p99', 'p99'],
  ['maximum', 'Maximum'],
  ['total', 'Total'],
  ['last', 'Last'],
  ['minimum', 'Minimum'],
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

/** `tagsOf` gives the tags of a series in the order in which they are shown below its name. */
export const seriesColumns = (tagsOf: (series: PageSeries) => Tags): readonly Column<PageSeries>[] => [
  {
    ...textColumn('Name', 'wide', (series) => `${visible(series.name)} ${tagsText(series.tags)}`.trim()),
    textOf: ({ name }) => cut(visible(name)),
    noteOf: (series) => cut(tagsText(tagsOf(series))),
  },
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
  textColumn('Type', 'narrow', ({ type }) => visible(type)),
  textColumn('Source', 'middle', ({ source }) => visible(source) || NOTHING),
];

/** Those first that tell series of the same name from each other, since there may be no room for all. */
export function tagsInOrder(all: readonly PageSeries[]): (series: PageSeries) => Tags {
  const telling = tellingTags(all);
  return ({ name, tags }) => {
    const first = telling.get(name);
    if (first === undefined || first.size === 0) return tags;
    const isFirst = ([key]: readonly [string, unknown]): boolean => first.has(key);
    const entries = Object.entries(tags);
    return Object.fromEntries([...entries.filter(isFirst), ...entries.filter((entry) => !isFirst(entry))]);
  };
}

function textColumn(label: string, width: 'wide' | 'middle' | 'narrow', textOf: (series: PageSeries) => string): Column<PageSeries> {
  return {
    label,
    numeric: false,
    width,
    valueOf: textOf,
    textOf: (series) => cut(textOf(series)),
    titleOf: (series) => cut(textOf(series)),
  };
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
