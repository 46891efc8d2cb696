import type { SeriesPicture } from '../../model/picture.ts';
import { printable } from '../../top/text.ts';
import { changeIn, type Change } from '../diff/diff.ts';
import { leastSamples } from '../diff/quantile-ranks.ts';
import type { ReportedDiff } from '../report.ts';
import { figureOf, type Statistic } from '../statistics.ts';
import type { Paint, Style } from './paint.ts';
import { seriesNames } from './series-name.ts';
import { tableLines, type Column } from './table.ts';
import { changeText, figureText } from './values.ts';

const STYLES: Partial<Record<Change['result'], Style>> = { slower: 'bad', faster: 'good', 'too few samples': 'quiet', unclear: 'quiet' };

const WORDS: Partial<Record<Change['result'], string>> = { unclear: 'no clear change' };

/** Those with samples, then the values of the others, then what came and went. */
export function diffLines({ changes, came, went }: ReportedDiff, top: number, width: number, paint: Paint): string[] {
  const sampled = changes.filter(({ result }) => result !== 'not judged');
  const others = changes.filter(({ result }) => result === 'not judged');
  const nameOf = seriesNames(changes.map(({ after }) => after));
  const name = ({ after }: Change): string => nameOf(after);
  return [
    ...tableOf('What changed', SAMPLED, sampled),
    ...(sampled.length === 0 ? [] : ['', paint('quiet', RULE)]),
    ...tableOf('Values', VALUES, others),
    ...listOf('Came', came, top, paint),
    ...listOf('Went', went, top, paint),
    ...(changes.length === 0 ? ['', nothingToCompare(came.length > 0 && went.length > 0)] : []),
  ];

  function tableOf(title: string, columns: readonly Column<Change>[], all: readonly Change[]): string[] {
    if (all.length === 0) return [];
    const rows = all.slice(0, top);
    const shown = rows.length === all.length ? title : `${title}, ${rows.length} of ${all.length}`;
    return ['', ...tableLines({ title: shown, name, columns, rows }, width, paint)];
  }
}

function nothingToCompare(areOthers: boolean): string {
  const why = 'No series is in both. Prometheus has names of its own for metrics: compare exports of one format.';
  return areOthers ? why : 'There is no series to compare.';
}

const RULE = `Changed: 99 % confidence intervals apart (p50 from ${leastSamples(0.5)} samples, p95 from ${leastSamples(0.95)})`;

const result: Column<Change> = {
  heading: 'result',
  cell: (change) => WORDS[change.result] ?? change.result,
  style: (change) => STYLES[change.result],
};

const samples: Column<Change> = {
  heading: 'samples',
  cell: ({ before, after }) => `${figureText(before, 'count')} → ${figureText(after, 'count')}`,
};

const SAMPLED: readonly Column<Change>[] = [
  result,
  change('p50'),
  change('p95'),
  samples,
  change('average'),
  both('p50', 'p50'),
  both('p95', 'p95'),
  both('average', 'average'),
];

const VALUES: readonly Column<Change>[] = [
  { heading: 'change', cell: (each) => changeText(changeIn(each, valueOf(each))) },
  { heading: 'value', cell: (each) => `${figureText(each.before, valueOf(each))} → ${figureText(each.after, valueOf(each))}` },
];

function change(statistic: Statistic): Column<Change> {
  return { heading: `${statistic} change`, cell: (each) => changeText(changeIn(each, statistic)) };
}

function both(heading: string, statistic: Statistic): Column<Change> {
  return { heading, cell: ({ before, after }) => `${figureText(before, statistic)} → ${figureText(after, statistic)}` };
}

/** What a series without samples has. */
function valueOf({ after }: Change): Statistic {
  return (['last', 'total', 'average'] as const).find((statistic) => figureOf(after, statistic) !== undefined) ?? 'count';
}

function listOf(title: string, all: readonly SeriesPicture[], top: number, paint: Paint): string[] {
  if (all.length === 0) return [];
  const nameOf = seriesNames(all);
  const shown = all.slice(0, top);
  const heading = shown.length === all.length ? title : `${title}, ${shown.length} of ${all.length}`;
  return ['', paint('heading', heading), ...shown.map((series) => `  ${printable(nameOf(series))}`)];
}
