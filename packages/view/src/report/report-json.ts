import type { Tags } from '@otel-perf/metrics';
import type { Figures, Picture, SeriesPicture } from '../model/picture.ts';
import type { CheckedBudget } from './budget/check.ts';
import { changeIn, type Change } from './diff/diff.ts';
import type { Report, ReportedDiff } from './report.ts';

/** A number as it is; `null` for what JSON has no number for. */
type JsonNumber = number | null;

/**
 * What `otel-perf report --json` prints. Keys are added to it, but none is taken away or given another meaning. A figure that the source does
 * not tell is absent.
 */
export interface JsonReport extends JsonSource {
  /** Series that pass the filter, with those that `--top` leaves out. */
  readonly passing: number;
  /** In the order of the printed report: times, distributions, counters, gauges. With `diff` empty. */
  readonly series: readonly JsonSeries[];
  readonly diff?: JsonDiff;
  readonly budgets: readonly JsonBudget[];
}

export interface JsonSource {
  /** Path or URL, without credentials. */
  readonly from: string;
  /** Unix seconds; `null` where nothing tells. */
  readonly takenAt: JsonNumber;
  /** What could not be read. */
  readonly problems: readonly string[];
}

export interface JsonSeriesId {
  readonly name: string;
  readonly source: string;
  readonly unit: string;
  readonly tags: Tags;
}

export interface JsonSeries extends JsonSeriesId {
  readonly type: string;
  readonly kind: string;
  readonly figures: Readonly<Partial<Record<keyof Figures, JsonNumber | boolean>>>;
}

export interface JsonDiff {
  /** The older source. */
  readonly before: JsonSource;
  /** What got slower first. */
  readonly changes: readonly JsonChange[];
  readonly came: readonly JsonSeriesId[];
  readonly went: readonly JsonSeriesId[];
}

export interface JsonChange extends JsonSeriesId {
  readonly result: Change['result'];
  /** As a part of before: 0.5 is half as much again. `null` where there is nothing to compare. */
  readonly change: {
    readonly p50: JsonNumber;
    readonly p95: JsonNumber;
    readonly average: JsonNumber;
    readonly total: JsonNumber;
    readonly last: JsonNumber;
  };
  readonly before: JsonSeries['figures'];
  readonly after: JsonSeries['figures'];
}

export interface JsonBudget {
  /** As it was given. */
  readonly budget: string;
  /** Whether it was checked and is not broken. */
  readonly ok: boolean;
  /** Why it could not be checked. */
  readonly error?: string;
  /** `value` and `bound` are in the unit of the series. */
  readonly checks: readonly (JsonSeriesId & { readonly value: JsonNumber; readonly bound: JsonNumber; readonly ok: boolean })[];
}

export function reportJson({ picture, passing, groups, diff, budgets, top }: Report): JsonReport {
  return {
    ...sourceJson(picture),
    passing,
    series: diff === undefined ? groups.flatMap(({ rows }) => rows.map(seriesJson)) : [],
    ...(diff === undefined ? {} : { diff: diffJson(diff, top) }),
    budgets: budgets.map(budgetJson),
  };
}

function sourceJson({ from, takenAt, problems }: Picture): JsonSource {
  return { from, takenAt: numberJson(takenAt), problems };
}

function idJson({ name, source, unit, tags }: SeriesPicture): JsonSeriesId {
  return { name, source, unit, tags };
}

function seriesJson(series: SeriesPicture): JsonSeries {
  return { ...idJson(series), type: series.type, kind: series.kind, figures: figuresJson(series) };
}

function figuresJson({ figures }: SeriesPicture): JsonSeries['figures'] {
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, typeof value === 'number' ? numberJson(value) : value]));
}

function diffJson({ before, changes, came, went }: ReportedDiff, top: number): JsonDiff {
  return {
    before: sourceJson(before),
    changes: changes.slice(0, top).map(changeJson),
    came: came.slice(0, top).map(idJson),
    went: went.slice(0, top).map(idJson),
  };
}

function changeJson(change: Change): JsonChange {
  const { before, after, result } = change;
  const [p50 = null, p95 = null, average = null, total = null, last = null] = (['p50', 'p95', 'average', 'total', 'last'] as const).map(
    (statistic) => changeIn(change, statistic),
  );
  return { ...idJson(after), result, change: { p50, p95, average, total, last }, before: figuresJson(before), after: figuresJson(after) };
}

function budgetJson({ budget, checks, error }: CheckedBudget): JsonBudget {
  return {
    budget: budget.text,
    ok: error === undefined && checks.every(({ isBroken }) => !isBroken),
    ...(error === undefined ? {} : { error }),
    checks: checks.map(({ series, value, bound, isBroken }) => ({
      ...idJson(series),
      value: numberJson(value),
      bound: numberJson(bound),
      ok: !isBroken,
    })),
  };
}

function numberJson(value: number): JsonNumber {
  return Number.isFinite(value) ? value : null;
}
