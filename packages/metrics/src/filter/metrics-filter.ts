import { parseMetricType, type MetricType } from '../model/metric-type.ts';
import type { Metric, TagValue } from '../model/metric.ts';
import { globToRegExp } from './glob.ts';

export type MetricPredicate = (metric: Metric) => boolean;

/** What every reading call takes: a filter, a predicate, or nothing for all. */
export type MetricSelector = MetricsFilter | MetricPredicate;

/** What events of one series have in common. */
export type SeriesTraits = Pick<Metric, 'name' | 'type' | 'source' | 'tags'>;

interface Criterion {
  /** Looks only at what events of one series have in common, so that one answer holds for all of them. */
  readonly seriesOnly: boolean;
  readonly passes: (metric: Metric) => boolean;
}

/**
 * Keeps the metrics that meet every criterion that was added; an empty filter keeps all. Patterns are shell wildcards (`*`, `?`, `[..]`,
 * `[!..]`), match the whole text and mind its case. Each `add…` call returns the filter, for chaining.
 */
export class MetricsFilter {
  readonly #criteria: Criterion[] = [];

  addNameFilter(pattern: string): this {
    const regExp = globToRegExp(pattern);
    return this.#add(true, (metric) => regExp.test(metric.name));
  }

  addSourceFilter(pattern: string): this {
    const regExp = globToRegExp(pattern);
    return this.#add(true, (metric) => regExp.test(metric.source));
  }

  /** @throws TypeError for a word that names no metric type (any case will do). */
  addTypeFilter(type: MetricType | (string & {})): this {
    const wanted = parseMetricType(type);
    if (wanted === undefined) throw new TypeError(`type must be a metric type, not ${JSON.stringify(type)}`);
    return this.#add(true, (metric) => metric.type === wanted);
  }

  /** Keeps metrics that carry the tag: with any value, or with one that matches the pattern or equals the number or boolean. */
  addTagFilter(key: string, value: TagValue = '*'): this {
    if (typeof value !== 'string') return this.#add(true, (metric) => Object.hasOwn(metric.tags, key) && metric.tags[key] === value);
    const regExp = globToRegExp(value);
    return this.#add(true, (metric) => Object.hasOwn(metric.tags, key) && regExp.test(String(metric.tags[key])));
  }

  /**
   * Keeps metrics from `start` to `end`, both included, as a Date or in Unix seconds. A Date stands for its whole millisecond, so that
   * `new Date()` as the end keeps what was recorded just before.
   * @throws RangeError when either is not a time or `end` comes before `start`.
   */
  addTimeRangeFilter(start: Date | number, end: Date | number): this {
    const from = seconds('start', start);
    const last = seconds('end', end);
    if (last < from) throw new RangeError(`end must not come before start: ${last} < ${from}`);
    // Timestamps have whole microseconds.
    const to = typeof end === 'number' ? last : (end.getTime() * 1e3 + 999) / 1e6;
    return this.#add(false, (metric) => metric.timestamp >= from && metric.timestamp <= to);
  }

  /** A predicate that throws ends the call that applies the filter, with that error. */
  addPredicate(predicate: MetricPredicate): this {
    return this.#add(false, predicate);
  }

  /** Keeps what at least one of `selectors` keeps; nothing when none is given. */
  addAny(...selectors: MetricSelector[]): this {
    return this.#add(selectors.every(isSeriesOnly), (metric) => selectors.some((selector) => matches(selector, metric)));
  }

  /** Keeps what `selector` does not keep. */
  addNot(selector: MetricSelector): this {
    return this.#add(isSeriesOnly(selector), (metric) => !matches(selector, metric));
  }

  matches(metric: Metric): boolean {
    return this.#criteria.every((criterion) => criterion.passes(metric));
  }

  /** What the filter keeps of `metrics`, in their order. */
  apply<M extends Metric>(metrics: Iterable<M>): M[] {
    return Array.from(metrics).filter((metric) => this.matches(metric));
  }

  /** @internal Whether the filter never looks at an event's value or time. */
  get seriesOnly(): boolean {
    return this.#criteria.every((criterion) => criterion.seriesOnly);
  }

  /** @internal `false` when no event of the series can pass. */
  admitsSeries(traits: SeriesTraits): boolean {
    const metric = { ...traits, value: NaN, timestamp: NaN };
    return this.#criteria.every((criterion) => !criterion.seriesOnly || criterion.passes(metric));
  }

  #add(seriesOnly: boolean, passes: (metric: Metric) => boolean): this {
    this.#criteria.push({ seriesOnly, passes });
    return this;
  }
}

export function matches(selector: MetricSelector | undefined, metric: Metric): boolean {
  if (selector === undefined) return true;
  return typeof selector === 'function' ? selector(metric) : selector.matches(metric);
}

function isSeriesOnly(selector: MetricSelector): boolean {
  return typeof selector !== 'function' && selector.seriesOnly;
}

function seconds(option: string, time: Date | number): number {
  const value = typeof time === 'number' ? time : time.getTime() / 1000;
  if (Number.isNaN(value)) throw new RangeError(`${option} must be a Date or Unix seconds, not ${String(time)}`);
  return value;
}
