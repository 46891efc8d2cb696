import { expect } from '@jest/globals';
import { formatCount, formatValue } from '@otel-perf/metrics';
import type { Figures, SeriesPicture } from '@otel-perf/view';
import type { Locator, Page } from 'playwright-core';

/** The figures, in the order of the table's columns between the name and type and source. */
export const KEYS = ['count', 'average', 'p50', 'p95', 'p99', 'maximum', 'total', 'last', 'minimum', 'standardDeviation'] as const;

export function grid(page: Page): Locator {
  return page.getByRole('grid', { name: 'Series' });
}

/** The rows that are in the document, without the heading. */
export function rows(page: Page): Locator {
  return grid(page).locator('tbody tr[aria-rowindex]');
}

/** What a figure is in full: all digits of the picture, and the unit. */
export function inFull({ figures, unit }: SeriesPicture, key: Exclude<keyof Figures, 'exactPercentiles'>): string {
  const value = figures[key];
  if (value === undefined) return 'the source does not tell';
  return key === 'count' || unit === '1' ? String(value) : `${value} ${unit}`.trim();
}

/** What is asked of a cell. The types of a browser are none of those that tests have. */
interface Cell {
  readonly textContent: string;
  readonly title: string;
}

/** Whether it has the focus. */
export function isFocused(locator: Locator): Promise<boolean> {
  return locator.evaluate((element: { matches(selector: string): boolean }) => element.matches(':focus'));
}

/** Expects every figure of the row to be that of the series. */
export async function expectRow(row: Locator, series: SeriesPicture): Promise<void> {
  const cells = await row
    .locator('th, td')
    .evaluateAll((all: readonly Cell[]) => all.map(({ textContent, title }) => ({ text: textContent, title })));
  expect(cells[0]!.text).toContain(series.name);
  expect(cells.slice(-2).map(({ text }) => text)).toEqual([series.type, series.source || '–']);
  expect(cells.slice(1, -2).map(({ title }) => title)).toEqual(KEYS.map((key) => inFull(series, key)));
  expect(cells.slice(1, -2).map(({ text }) => text)).toEqual(KEYS.map((key) => rounded(series, key)));
}

function rounded({ figures, unit }: SeriesPicture, key: (typeof KEYS)[number]): string {
  const value = figures[key];
  return key === 'count' && value !== undefined ? formatCount(value) : formatValue(value, unit);
}
