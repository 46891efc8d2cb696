import { printable } from '../../top/text.ts';
import type { Picture, SeriesPicture } from '../../model/picture.ts';
import type { CheckedBudget } from '../budget/check.ts';
import type { Group } from '../groups.ts';
import type { Report } from '../report.ts';
import { figureOf, isPercentile, type Statistic } from '../statistics.ts';
import { diffLines } from './diff-text.ts';
import { painter, type Paint } from './paint.ts';
import { seriesNames } from './series-name.ts';
import { tableLines } from './table.ts';
import { figureText, timeText, valueText } from './values.ts';

export interface TextOptions {
  /** Columns that the text may take. Default: as many as it needs. */
  readonly width?: number;
  /** Default false. */
  readonly hasColour?: boolean;
}

const NOTHING_PASSES = 'No series passes the filter. A pattern is of the whole name: *word* finds a word anywhere in it.';
const PROBLEMS_SHOWN = 10;

/** The report for people. It ends with a line feed. */
export function reportText(report: Report, options: TextOptions = {}): string {
  const { width = Infinity, hasColour = false } = options;
  const paint = painter(hasColour);
  const { picture, diff } = report;
  const lines = [
    ...headLines(report),
    ...(diff === undefined ? groupsLines(report, width, paint) : diffLines(diff, report.top, width, paint)),
    ...problemLines(picture, paint),
    ...(diff === undefined ? [] : problemLines(diff.before, paint)),
    ...budgetLines(report.budgets, paint),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function headLines({ picture, diff, passing }: Report): string[] {
  if (diff === undefined) return [sourceLine(picture, passing)];
  return [`${sourceLine(picture)}`, `compared with ${sourceLine(diff.before)}`];
}

function sourceLine({ from, takenAt, series }: Picture, passing = series.length): string {
  const time = timeText(takenAt);
  const count = passing === series.length ? `${passing} series` : `${passing} of ${series.length} series`;
  return `${printable(from)}: ${count}${time === undefined ? '' : `, ${time}`}`;
}

function groupsLines({ picture, groups, passing }: Report, width: number, paint: Paint): string[] {
  if (passing === 0) return ['', picture.series.length === 0 ? 'There is no series.' : NOTHING_PASSES];
  const nameOf = seriesNames(picture.series);
  const lines = groups.flatMap((group) => ['', ...groupLines(group, nameOf, width, paint)]);
  const hasEstimates = groups.some(({ rows, columns }) =>
    rows.some((series) => columns.some((statistic) => isEstimate(series, statistic))),
  );
  return hasEstimates ? [...lines, '', paint('quiet', '~ within the width of a bucket, or as the source estimates it')] : lines;
}

function groupLines(
  { title, order, rows, of, columns }: Group,
  nameOf: (series: SeriesPicture) => string,
  width: number,
  paint: Paint,
): string[] {
  const shown = rows.length === of ? '' : `, ${rows.length} of ${of}`;
  return tableLines<SeriesPicture>(
    {
      title: `${title}${shown}, by ${order}`,
      name: nameOf,
      columns: columns.map((statistic) => ({ heading: statistic, cell: (series) => cellText(series, statistic) })),
      rows,
    },
    width,
    paint,
  );
}

function cellText(series: SeriesPicture, statistic: Statistic): string {
  return (isEstimate(series, statistic) ? '~' : '') + figureText(series, statistic);
}

function isEstimate(series: SeriesPicture, statistic: Statistic): boolean {
  return !series.figures.exactPercentiles && isPercentile(statistic) && figureOf(series, statistic) !== undefined;
}

function problemLines({ from, problems }: Picture, paint: Paint): string[] {
  if (problems.length === 0) return [];
  const rest = problems.length - PROBLEMS_SHOWN;
  const shown = problems.slice(0, PROBLEMS_SHOWN).map((problem) => `  ${printable(problem)}`);
  return ['', paint('heading', `Not read of ${printable(from)}`), ...shown, ...(rest > 0 ? [`  and ${rest} more`] : [])];
}

function budgetLines(budgets: readonly CheckedBudget[], paint: Paint): string[] {
  if (budgets.length === 0) return [];
  const lines = budgets.flatMap(({ budget, checks, error }) => {
    const text = printable(budget.text.trim());
    if (error !== undefined) return [paint('bad', `  ? ${text}: ${printable(error)}`)];
    const broken = checks.filter(({ isBroken }) => isBroken);
    if (broken.length === 0) return [paint('good', `  ✓ not ${text}`)];
    return broken.map((check) => paint('bad', `  ✗ ${text}: ${brokenText(check, budget.statistic === 'count')}`));
  });
  return ['', paint('heading', 'Budgets'), ...lines];
}

/** What a series has. The bound was given, and its unit may say more than the series' own. */
function brokenText({ series, value }: CheckedBudget['checks'][number], isCount: boolean): string {
  return `${printable(seriesNames([])(series))} has ${valueText(value, isCount ? undefined : series.unit)}`;
}
