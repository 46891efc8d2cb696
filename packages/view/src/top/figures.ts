import { formatCount, formatValue } from '@otel-perf/metrics';

/** What is not known. */
export const NONE = '–';

/** How much of `unit` a second. */
export function growthText(rate: number | undefined, unit: string): string {
  const text = formatValue(rate, unit);
  return text === NONE ? NONE : `${text}/s`;
}

export function countText(count: number | undefined): string {
  return count === undefined || !Number.isFinite(count) ? NONE : formatCount(count);
}
