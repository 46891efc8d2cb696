import { formatCount, formatValue } from '@otel-perf/metrics';
import type { SeriesPicture } from '../../model/picture.ts';
import { figureOf, type Statistic } from '../statistics.ts';

const NONE = '–';

/** What is not told is a dash, what has no end is said so. */
export function figureText(series: SeriesPicture, statistic: Statistic): string {
  return valueText(figureOf(series, statistic), statistic === 'count' ? undefined : series.unit);
}

/** @param unit UCUM; `undefined` for a count. */
export function valueText(value: number | undefined, unit: string | undefined): string {
  if (value === Infinity) return '∞';
  if (value === -Infinity) return '-∞';
  if (unit !== undefined) return formatValue(value, unit);
  return value === undefined ? NONE : formatCount(value);
}

/** `+12.5 %` */
export function changeText(change: number | undefined): string {
  if (change === undefined) return NONE;
  const percent = change * 100;
  const text = Math.abs(percent) >= 100 ? percent.toFixed(0) : percent.toFixed(1);
  return `${percent > 0 ? '+' : ''}${text === '-0.0' ? '0.0' : text} %`;
}

/** `2026-01-01 12:00:00 UTC` */
export function timeText(unixSeconds: number): string | undefined {
  const date = new Date(unixSeconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
