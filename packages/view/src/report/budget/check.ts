import type { Picture, SeriesPicture } from '../../model/picture.ts';
import { figureOf } from '../statistics.ts';
import { holds, type Budget } from './budget.ts';
import { converted } from './units.ts';

export interface CheckedBudget {
  readonly budget: Budget;
  /** Of every series that it is about. */
  readonly checks: readonly BudgetCheck[];
  /** Why it could not be checked. Nobody has kept a budget that nobody knows of. */
  readonly error?: string;
}

export interface BudgetCheck {
  readonly series: SeriesPicture;
  readonly value: number;
  /** In the unit of the series. */
  readonly bound: number;
  readonly isBroken: boolean;
}

const SUGGESTED = 3;

export function checkBudget(budget: Budget, { series: all }: Picture): CheckedBudget {
  const about = all.filter((series) => isAbout(budget, series));
  if (about.length === 0) return { budget, checks: [], error: missing(budget, all) };
  const checks: BudgetCheck[] = [];
  for (const series of about) {
    const value = figureOf(series, budget.statistic);
    if (value === undefined) return { budget, checks, error: `of ${budget.name} there is no ${budget.statistic}` };
    const bound = budget.scale === undefined ? budget.bound : converted(budget.bound, budget.scale, series.unit);
    if (bound === undefined) return { budget, checks, error: otherUnit(series) };
    checks.push({ series, value, bound, isBroken: holds(budget.operator, value, bound) });
  }
  return { budget, checks };
}

function isAbout({ name, tags }: Budget, series: SeriesPicture): boolean {
  if (series.name !== name) return false;
  return Array.from(tags).every(([key, value]) => Object.hasOwn(series.tags, key) && String(series.tags[key]) === value);
}

function missing({ name, tags }: Budget, all: readonly SeriesPicture[]): string {
  if (all.some((series) => series.name === name)) {
    return `no series ${name} has the tags ${Array.from(tags, ([key, value]) => `${key}=${JSON.stringify(value)}`).join(', ')}`;
  }
  const alike = [...new Set(all.map((series) => series.name))].filter((other) => other.startsWith(name) || name.startsWith(other));
  return `there is no series ${name}${alike.length === 0 ? '' : `; is it ${alike.slice(0, SUGGESTED).join(', ')}?`}`;
}

function otherUnit({ name, unit }: SeriesPicture): string {
  if (unit === '') return `the unit of ${name} is not known: give the bound without one`;
  return `${name} is in ${unit}: give the bound in it, without a unit`;
}
