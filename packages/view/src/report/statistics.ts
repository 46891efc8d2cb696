import type { Figures, SeriesPicture } from '../model/picture.ts';

/** What figures are called in options, columns and budgets. */
const FIGURES = {
  count: 'count',
  total: 'total',
  last: 'last',
  average: 'average',
  min: 'minimum',
  max: 'maximum',
  stddev: 'standardDeviation',
  p50: 'p50',
  p95: 'p95',
  p99: 'p99',
} as const satisfies Record<string, keyof Figures>;

export type Statistic = keyof typeof FIGURES;

export const STATISTICS = Object.keys(FIGURES) as readonly Statistic[];

export function isStatistic(word: string): word is Statistic {
  return Object.hasOwn(FIGURES, word);
}

export function isPercentile(statistic: Statistic): boolean {
  return /^p\d/.test(statistic);
}

/** `undefined` where the source does not tell it. */
export function figureOf({ figures }: SeriesPicture, statistic: Statistic): number | undefined {
  const value = figures[FIGURES[statistic]];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
