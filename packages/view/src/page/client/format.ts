import { formatCount, formatValue, type Tags } from '@otel-perf/metrics';
import { visible } from '../shared/visible.ts';

export const NOTHING = '–';

/** In a unit that is read easily, rounded. */
export function shortValue(value: number | undefined, unit: string): string {
  return value === undefined || Number.isFinite(value) ? formatValue(value, unit) : exactNumber(value);
}

export function shortCount(value: number | undefined): string {
  if (value === undefined) return NOTHING;
  return Number.isInteger(value) ? formatCount(value) : exactNumber(value);
}

/** All digits, in the unit of the picture; the unit 1 is none. */
export function exactValue(value: number | undefined, unit: string): string {
  if (value === undefined) return 'the source does not tell';
  return unit === '1' ? exactNumber(value) : `${exactNumber(value)} ${visible(unit)}`.trim();
}

function exactNumber(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

export function share(part: number, whole: number): string {
  return whole > 0 ? formatValue((100 * part) / whole, '%') : NOTHING;
}

/** `{stage="read", kind="a"}`, or nothing. */
export function tagsText(tags: Tags): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${visible(key)}=${visible(JSON.stringify(String(value)))}`);
  return pairs.length === 0 ? '' : `{${pairs.join(', ')}}`;
}

/** Of Unix seconds, in UTC to the millisecond. */
export function instant(seconds: number): string {
  const date = new Date(seconds * 1e3);
  return Number.isNaN(date.getTime()) ? 'at an unknown time' : `${date.toISOString().slice(0, 23).replace('T', ' ')} UTC`;
}
