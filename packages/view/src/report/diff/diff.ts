import type { Picture, SeriesPicture } from '../../model/picture.ts';
import { isTime } from '../budget/units.ts';
import { figureOf, type Statistic } from '../statistics.ts';
import { changeOf, judge, type Result } from './judge.ts';

/** What has become of series from one picture to the next. */
export interface Diff {
  /** What got slower first, then what moved both ways, got faster, and the rest; in each the greatest change first. */
  readonly changes: readonly Change[];
  readonly came: readonly SeriesPicture[];
  readonly went: readonly SeriesPicture[];
}

export interface Change {
  readonly before: SeriesPicture;
  readonly after: SeriesPicture;
  /** Of times, what rises is slower, and what falls faster. */
  readonly result: Result | 'slower' | 'faster';
}

const ORDER: readonly Change['result'][] = ['slower', 'higher', 'mixed', 'faster', 'lower', 'unclear', 'too few samples', 'not judged'];

/** Series are the same where name, source and tags are, these as text. */
export function diffOf(before: Picture, after: Picture, passes: (series: SeriesPicture) => boolean): Diff {
  const earlier = new Map(before.series.filter(passes).map((series) => [keyOf(series), series]));
  const later = after.series.filter(passes);
  const changes: Change[] = [];
  const came: SeriesPicture[] = [];
  for (const series of later) {
    const key = keyOf(series);
    const same = earlier.get(key);
    if (same === undefined) came.push(series);
    else changes.push({ before: same, after: series, result: resultOf(same, series) });
    earlier.delete(key);
  }
  const size = (change: Change): number => Math.max(...SHOWN.map((statistic) => Math.abs(changeIn(change, statistic) ?? 0)));
  changes.sort((a, b) => ORDER.indexOf(a.result) - ORDER.indexOf(b.result) || size(b) - size(a));
  return { changes, came, went: [...earlier.values()] };
}

const SHOWN = ['p50', 'p95'] as const;

export function changeIn({ before, after }: Change, statistic: Statistic): number | undefined {
  return changeOf(figureOf(before, statistic), figureOf(after, statistic));
}

function resultOf(before: SeriesPicture, after: SeriesPicture): Change['result'] {
  // Increments of a counter say how it was counted, not how much.
  const result = before.unit !== after.unit || after.kind === 'counter' ? 'not judged' : judge(before, after);
  if (!isTime(after.unit)) return result;
  if (result === 'higher') return 'slower';
  return result === 'lower' ? 'faster' : result;
}

function keyOf({ name, source, tags }: SeriesPicture): string {
  const entries = Object.entries(tags).map(([key, value]) => [key, String(value)]);
  return JSON.stringify([name, source, ...entries.sort(([a], [b]) => (a! < b! ? -1 : 1))]);
}
