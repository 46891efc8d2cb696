import { judgeSeries, type SeriesVerdict } from '../filter/event-filter.ts';
import { matches, type MetricSelector } from '../filter/metrics-filter.ts';
import { unixSeconds, type Clock } from '../model/clock.ts';
import type { Metric } from '../model/metric.ts';
import type { History, HistorySlice } from '../window/history.ts';
import type { Series } from './series.ts';

/** The recorded events of a collector, for reading. */
export class EventLog {
  readonly history: History;
  readonly clock: Clock;
  /** Bucket bounds of time histograms, in seconds. */
  readonly timeBoundaries: readonly number[];
  /** The name under which OpenTelemetry has the metric of a series. */
  readonly instrumentName: (series: Series) => string;
  readonly #series: readonly Series[];

  constructor(
    history: History,
    series: readonly Series[],
    clock: Clock,
    timeBoundaries: readonly number[],
    instrumentName: (series: Series) => string,
  ) {
    this.history = history;
    this.#series = series;
    this.clock = clock;
    this.timeBoundaries = timeBoundaries;
    this.instrumentName = instrumentName;
  }

  series(id: number): Series {
    return this.#series[id]!;
  }

  metric(slice: HistorySlice, i: number): Metric {
    const { name, type, source, tags } = this.series(slice.series[i]!);
    return { name, value: slice.values[i]!, type, timestamp: unixSeconds(this.clock, slice.times[i]!), source, tags };
  }

  /** The newest `limit` events that pass, newest first. */
  *newestFirst(selector?: MetricSelector): Generator<Metric> {
    const verdict = this.verdicts(selector);
    const first = this.history.firstAt(this.clock.now());
    // Whoever takes the events may record meanwhile, and so overwrite the oldest.
    for (let number = this.history.end - 1; number >= Math.max(first, this.history.first); number--) {
      const slice = this.history.slice(number, number + 1);
      const judged = verdict(slice.series[slice.start]!);
      if (judged === 'none') continue;
      const metric = this.metric(slice, slice.start);
      if (judged === 'all' || matches(selector, metric)) yield metric;
    }
  }

  /** What `selector` says of the series with a given id, asked once each. */
  verdicts(selector: MetricSelector | undefined): (id: number) => SeriesVerdict {
    if (selector === undefined) return () => 'all';
    const known: (SeriesVerdict | undefined)[] = [];
    return (id) => (known[id] ??= judgeSeries(selector, this.series(id)));
  }
}
