import type { Picture, SeriesPicture } from '../model/picture.ts';
import type { Budget } from './budget/budget.ts';
import { checkBudget, type CheckedBudget } from './budget/check.ts';
import { diffOf, type Diff } from './diff/diff.ts';
import { groupsOf, type Group, type GroupOptions } from './groups.ts';

export interface ReportRequest extends GroupOptions {
  /** Which series the report is about. Default all. Budgets are about all in any case. */
  readonly passes?: (series: SeriesPicture) => boolean;
  /** What to compare with: the older picture. */
  readonly before?: Picture;
  readonly budgets?: readonly Budget[];
}

export interface Report {
  readonly picture: Picture;
  /** Series that pass the filter. */
  readonly passing: number;
  readonly groups: readonly Group[];
  readonly top: number;
  readonly diff?: ReportedDiff;
  readonly budgets: readonly CheckedBudget[];
}

export interface ReportedDiff extends Diff {
  readonly before: Picture;
}

export function createReport(picture: Picture, request: ReportRequest): Report {
  const { passes = () => true, before, budgets = [], top = Infinity } = request;
  const series = picture.series.filter(passes);
  return {
    picture,
    passing: series.length,
    groups: groupsOf(series, request),
    top,
    ...(before === undefined ? {} : { diff: { before, ...diffOf(before, picture, passes) } }),
    budgets: budgets.map((budget) => checkBudget(budget, picture)),
  };
}
