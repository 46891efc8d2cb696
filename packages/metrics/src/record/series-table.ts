import type { MetricType } from '../model/metric-type.ts';
import type { Tags } from '../model/metric.ts';
import type { MetricsAggregator } from '../window/metrics-aggregator.ts';
import { findFrequency, FrequencyGate, type Frequency, type FrequencyRule } from './frequency.ts';
import type { Recorder } from './recorder.ts';
import { DroppingSeries, Series } from './series.ts';
import { copyTags, NO_TAGS, OVERFLOW_TAGS, tagsKey, type TagsInput } from './tags.ts';

export interface SeriesLimits {
  readonly maxNames: number;
  readonly maxSeriesPerName: number;
  readonly maxSeries: number;
}

/** All series of one metric name. */
interface Family {
  readonly series: Map<string, Series>;
  readonly overflow: Map<string, Series>;
  /** The series without tags that was asked for last: most callers ask for the same one again. */
  last: Series | undefined;
}

/** Gets or makes series, never more per name than the limit: what comes beyond it shares one overflow series. */
export class SeriesTable {
  /** By `Series.id`. */
  readonly all: Series[] = [];
  readonly #families = new Map<string, Family>();
  readonly #limits: SeriesLimits;
  readonly #frequencies: readonly FrequencyRule[];
  readonly #recorder: Recorder;

  constructor(limits: SeriesLimits, frequencies: readonly FrequencyRule[], recorder: Recorder) {
    this.#limits = limits;
    this.#frequencies = frequencies;
    this.#recorder = recorder;
  }

  get maxSeriesPerName(): number {
    return this.#limits.maxSeriesPerName;
  }

  get(
    name: string,
    type: MetricType,
    source: string,
    tags: TagsInput | undefined,
    windows: MetricsAggregator | undefined,
    frequency?: Frequency,
    observed = false,
  ): Series {
    const family = this.#families.get(name) ?? this.#open(name);
    if (family === undefined) return this.#unnamed(name, type, source, observed);
    const untagged = tags === undefined || tags === null;
    if (untagged) {
      const { last } = family;
      if (last !== undefined && last.type === type && last.source === source && last.observed === observed) return last;
    }
    const copy = untagged ? NO_TAGS : copyTags(tags);
    const key = `${type}\0${observed}\0${source}\0${tagsKey(copy)}`;
    let series = family.series.get(key);
    if (series === undefined) {
      if (this.#isFull(family)) return this.#overflow(family, name, type, windows, observed);
      series = this.#make(name, type, source, copy, windows, frequency ?? findFrequency(this.#frequencies, name), false, observed);
      family.series.set(key, series);
    }
    if (copy === NO_TAGS) family.last = series;
    return series;
  }

  #open(name: string): Family | undefined {
    if (this.#families.size >= this.#limits.maxNames) return undefined;
    const family: Family = { series: new Map(), overflow: new Map(), last: undefined };
    this.#families.set(name, family);
    return family;
  }

  /** A name always has its first series, whatever there is of others. */
  #isFull({ series }: Family): boolean {
    return series.size >= this.#limits.maxSeriesPerName || (series.size > 0 && this.all.length >= this.#limits.maxSeries);
  }

  /** The overflow series has the source of the first series of its type, so that it is a data point of that instrument. */
  #overflow(family: Family, name: string, type: MetricType, windows: MetricsAggregator | undefined, observed: boolean): Series {
    const key = `${type}\0${observed}`;
    let series = family.overflow.get(key);
    if (series === undefined) {
      const first =
        family.series.values().find((each) => each.type === type && each.observed === observed) ?? family.series.values().next().value!;
      series = this.#make(name, type, first.source, OVERFLOW_TAGS, windows, findFrequency(this.#frequencies, name), true, observed);
      family.overflow.set(key, series);
      this.#recorder.losses.warnOnce(
        `overflow\0${name}`,
        `otel-perf: ${JSON.stringify(name)} has as many series as it may (maxSeriesPerName, maxSeries); further ones are folded into one with the tag otel.metric.overflow`,
      );
    }
    return series;
  }

  /** It is in no table, so that it costs nothing once its holder lets go. */
  #unnamed(name: string, type: MetricType, source: string, observed: boolean): Series {
    const parts = { id: -1, name, type, source, tags: NO_TAGS, overflow: false, gate: undefined, observed };
    return new DroppingSeries(parts, undefined, this.#recorder);
  }

  #make(
    name: string,
    type: MetricType,
    source: string,
    tags: Tags,
    windows: MetricsAggregator | undefined,
    frequency: Frequency | undefined,
    overflow: boolean,
    observed: boolean,
  ): Series {
    const parts = { id: this.all.length, name, type, source, tags, overflow, gate: FrequencyGate.of(frequency), observed };
    const series = new Series(parts, windows?.window(name), this.#recorder);
    this.all.push(series);
    return series;
  }
}
