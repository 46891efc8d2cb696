import type { ExponentialHistogram, Histogram } from '@opentelemetry/sdk-metrics';
import { addHistograms, foldExponential } from './buckets.ts';

export type PointValue = number | Histogram | ExponentialHistogram;

/** What a series shows, and whether it is a sum. */
export interface ShownValue {
  value: PointValue;
  isSum: boolean;
}

/** Takes in a point that comes to the same labels, and comes later: sums and histograms are added, of anything else the later counts. */
export function mergeValue(into: ShownValue, value: PointValue, isSum: boolean): void {
  if (typeof value !== 'number' && typeof into.value !== 'number') into.value = addHistograms(classic(into.value), classic(value));
  else if (typeof value === 'number' && typeof into.value === 'number' && isSum && into.isSum) into.value += value;
  else into.value = value;
  into.isSum = isSum;
}

/** With explicit bounds. */
export function classic(value: Histogram | ExponentialHistogram): Histogram {
  return 'scale' in value ? foldExponential(value) : value;
}
