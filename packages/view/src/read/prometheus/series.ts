import type { Bucket, Distribution, Tags } from '@otel-perf/metrics';
import type { Figures, SeriesKind, SeriesPicture } from '../../model/picture.ts';
import { percentilesOfBuckets } from '../bucket-percentiles.ts';
import type { Place } from './families.ts';
import type { Sample } from './sample.ts';

const SCOPE_LABEL = 'otel_scope_name';

const KINDS: Readonly<Record<string, SeriesKind>> = {
  counter: 'counter',
  histogram: 'distribution',
  gaugehistogram: 'distribution',
  summary: 'distribution',
};

/** The lines of one series, as they come. */
export class PrometheusSeries {
  readonly #place: Place;
  readonly #labels: Sample['labels'];
  #value: number | undefined;
  #count: number | undefined;
  #sum: number | undefined;
  /** Cumulative counts by upper bound. */
  readonly #buckets = new Map<number, number>();
  readonly #quantiles = new Map<number, number>();

  constructor(place: Place, labels: Sample['labels']) {
    this.#place = place;
    this.#labels = labels;
  }

  /** @throws SyntaxError with the reason: the line was there before, or lacks its bound. */
  add({ part }: Place, { labels, value }: Sample): void {
    if (part === 'bucket') put(this.#buckets, boundOf(labels, 'le'), value);
    else if (part === 'quantile') put(this.#quantiles, boundOf(labels, 'quantile'), value);
    else if (part === 'count') this.#count = first(this.#count, value);
    else if (part === 'sum') this.#sum = first(this.#sum, value);
    else this.#value = first(this.#value, value);
  }

  /** `onProblem` is told of what is not as it should be. */
  picture(unit: string, onProblem: (problem: string) => void): SeriesPicture {
    const { name, type } = this.#place;
    const kind = KINDS[type] ?? 'gauge';
    const labels = this.#labels.filter(([label]) => label !== SCOPE_LABEL);
    const source = this.#labels.find(([label]) => label === SCOPE_LABEL)?.[1] ?? '';
    // Object.fromEntries keeps `__proto__`, which an assignment would not.
    const series = { name, source, type, kind, unit, tags: Object.fromEntries(labels) as Tags };
    if (kind !== 'distribution')
      return { ...series, figures: { ...some(kind === 'counter' ? 'total' : 'last', this.#value), exactPercentiles: false } };
    const distribution = this.#distribution((problem) => onProblem(`${name}: ${problem}`));
    const count = this.#count ?? distribution?.count;
    const figures = {
      ...some('count', count),
      ...some('total', this.#sum),
      ...some('average', count === undefined || this.#sum === undefined ? undefined : this.#sum / count),
      ...(distribution === undefined ? this.#told() : percentilesOfBuckets(distribution.buckets)),
      exactPercentiles: false,
    };
    return { ...series, figures, ...(distribution === undefined ? {} : { distribution }) };
  }

  /** The quantiles of a summary. */
  #told(): Partial<Figures> {
    return {
      ...some('p50', this.#quantiles.get(0.5)),
      ...some('p95', this.#quantiles.get(0.95)),
      ...some('p99', this.#quantiles.get(0.99)),
    };
  }

  #distribution(onProblem: (problem: string) => void): Distribution | undefined {
    if (this.#buckets.size === 0) return undefined;
    if (!this.#buckets.has(Infinity)) {
      if (this.#count === undefined) {
        onProblem('neither the bucket le="+Inf" nor a _count');
        return undefined;
      }
      this.#buckets.set(Infinity, this.#count);
    }
    const buckets: Bucket[] = [];
    let lower = -Infinity;
    let below = 0;
    let isRising = true;
    for (const [upper, cumulative] of [...this.#buckets].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!(cumulative >= below)) isRising = false;
      // As Prometheus does it, before it works out a quantile.
      const upTo = Math.max(below, Number.isNaN(cumulative) ? below : cumulative);
      buckets.push({ lower, upper, count: upTo - below });
      lower = upper;
      below = upTo;
    }
    if (!isRising) onProblem('the counts of its buckets do not rise');
    return { count: this.#count ?? below, ...some('sum', this.#sum), buckets };
  }
}

function boundOf(labels: Sample['labels'], label: string): number {
  const text = labels.find(([name]) => name === label)?.[1];
  const bound = text === undefined ? NaN : /^\+?inf$/i.test(text) ? Infinity : Number(text);
  if (Number.isNaN(bound))
    throw new SyntaxError(text === undefined ? `no label ${label}` : `${label}=${JSON.stringify(text)} is not a number`);
  return bound;
}

function put(values: Map<number, number>, bound: number, value: number): void {
  if (values.has(bound)) throw new SyntaxError('a second value of the same series');
  values.set(bound, value);
}

function first(known: number | undefined, value: number): number {
  if (known !== undefined) throw new SyntaxError('a second value of the same series');
  return value;
}

/** A figure, unless it is not told. */
function some<K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined || Number.isNaN(value) ? {} : ({ [key]: value } as Record<K, number>);
}
