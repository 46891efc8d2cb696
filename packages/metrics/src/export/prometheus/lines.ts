import type { Family } from './families.ts';
import { OPEN_METRICS, type TextFormat } from './format.ts';
import type { PrometheusNaming } from './options.ts';
import type { SeriesHeads } from './series.ts';
import { helpText, numberText } from './text.ts';
import { unitQuantity } from './units.ts';
import { classic, type PointValue } from './values.ts';

/** What the official exporter writes where there is nothing to write. */
export const NO_METRICS = '# no registered metrics\n';
export const TARGET_INFO_HELP = 'Target metadata';

/** The lines before a family's samples. `help` and `unit` are the instrument's own, or ''. */
export function headerText(family: Family, naming: PrometheusNaming, help: string, unit: string): string {
  const { header, format } = family;
  const shownUnit = format === OPEN_METRICS ? openMetricsUnit(header.name, unit) : naming === 'official' ? helpText(unit) : '';
  return [
    `# HELP ${header.name} ${helpOf(help || 'description missing', format)}\n`,
    shownUnit === '' ? '' : `# UNIT ${header.name} ${shownUnit}\n`,
    `# TYPE ${header.name} ${header.type}\n`,
  ].join('');
}

function helpOf(help: string, format: TextFormat): string {
  const text = helpText(help);
  return format === OPEN_METRICS ? text.replaceAll('"', '\\"') : text;
}

/** OpenMetrics takes a unit only where the name ends with it. */
function openMetricsUnit(name: string, unit: string): string {
  const quantity = unitQuantity(unit);
  return quantity !== '' && name.endsWith(`_${quantity}`) ? quantity : '';
}

/** The lines of one series. `end` is what follows each value, line feed included. */
export function sampleText(family: Family, heads: SeriesHeads, value: PointValue, end: string): string {
  if (typeof value === 'number') return `${heads.head}${numberText(value)}${end}`;
  const { buckets, count, sum } = classic(value);
  const { counts } = buckets;
  const shown = countAndSum(family.format, sum != null, buckets.boundaries);
  let lines = shown.count ? `${heads.count}${numberText(count)}${end}` : '';
  if (sum != null && shown.sum) lines += `${heads.sum}${numberText(sum)}${end}`;
  const leLabels = family.leLabels.of(buckets.boundaries);
  const last = leLabels.length - 1;
  let cumulative = 0;
  for (let i = 0; i < last; i += 1) {
    cumulative += counts[i] ?? 0;
    lines += `${heads.head}${leLabels[i]}${cumulative}${end}`;
  }
  // Data that lack the last bucket still have their count.
  const total = counts.length > last ? cumulative + counts[last]! : count;
  return `${lines}${heads.head}${leLabels[last]}${total}${end}`;
}

/** Which of a histogram's lines are written beside its buckets. */
export interface CountAndSum {
  readonly count: boolean;
  readonly sum: boolean;
}

const BOTH: CountAndSum = { count: true, sum: true };
const NEITHER: CountAndSum = { count: false, sum: false };
const COUNT_ALONE: CountAndSum = { count: true, sum: false };

/** OpenMetrics has both or none: none where there is no sum, and none where a bound is negative, since a sum must not fall. */
export function countAndSum(format: TextFormat, hasSum: boolean, boundaries: readonly number[]): CountAndSum {
  if (format !== OPEN_METRICS) return hasSum ? BOTH : COUNT_ALONE;
  return hasSum && !(boundaries[0]! < 0) ? BOTH : NEITHER;
}
