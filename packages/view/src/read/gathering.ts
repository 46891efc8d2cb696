import type { Distribution, Tags } from '@otel-perf/metrics';
import type { Figures, SeriesPicture } from '../model/picture.ts';
import { percentilesOfBuckets } from './bucket-percentiles.ts';
import { ContentError, type Content } from './content-reader.ts';
import { EventSeries, exactFigures } from './event-series.ts';
import { traitsOfType } from './metric-types.ts';
import type { Problems } from './problems.ts';
import type { Row } from './row.ts';

const MOST_EVENTS = 50_000_000;

interface Gathered {
  /** The first of its events, or the newest of its data points. */
  row: Row;
  readonly events?: EventSeries;
}

/**
 * Rows by series: a name, a source, a type and tags. Events are kept, since their percentiles are exact; of data points, which a reader
 * collects cumulatively, the newest counts.
 */
export class Gathering {
  readonly #problems: Problems;
  readonly #bySeries = new Map<string, Gathered>();
  #events = 0;
  #newest = NaN;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** @throws ContentError above 50 million events. */
  add(row: Row, line: number): void {
    if (traitsOfType(row.type) === undefined) return this.#problems.addAt(line, `metric_type ${JSON.stringify(row.type)} is unknown`);
    if (row.point === undefined && !Number.isFinite(row.value)) return this.#problems.addAt(line, 'the value is not a finite number');
    if (!Number.isFinite(row.timestamp)) return this.#problems.addAt(line, 'the timestamp is not a finite number');
    const key = seriesKey(row);
    let series = this.#bySeries.get(key);
    if (series === undefined) this.#bySeries.set(key, (series = row.point === undefined ? { row, events: new EventSeries() } : { row }));
    else if (row.point !== undefined && row.timestamp >= series.row.timestamp) series.row = row;
    series.events?.add(row.timestamp, row.value);
    if (row.point === undefined && ++this.#events > MOST_EVENTS) {
      throw new ContentError(`more than ${MOST_EVENTS} events: export fewer of them, with a filter`);
    }
    if (!(row.timestamp <= this.#newest)) this.#newest = row.timestamp;
  }

  content(): Content {
    const series = Array.from(this.#bySeries.values(), ({ row, events }) => (events === undefined ? ofPoint(row) : ofEvents(row, events)));
    return { series, newest: this.#newest, problems: this.#problems.list() };
  }
}

function ofEvents({ name, source, type, tags }: Row, series: EventSeries): SeriesPicture {
  const events = series.inOrder();
  return { name, source, type, ...traitsOfType(type)!, tags, figures: exactFigures(events.values), events };
}

function ofPoint({ name, source, type, tags, value, point }: Row): SeriesPicture {
  const { unit, distribution } = point!;
  const series = { name, source, type, unit, tags };
  if (distribution !== undefined) {
    return { ...series, kind: 'distribution', figures: figuresOfDistribution(distribution, value), distribution };
  }
  const isCounter = traitsOfType(type)!.kind === 'counter';
  const told = Number.isNaN(value) ? {} : isCounter ? { total: value } : { last: value };
  return { ...series, kind: isCounter ? 'counter' : 'gauge', figures: { ...told, exactPercentiles: false } };
}

function figuresOfDistribution(distribution: Distribution, mean: number): Figures {
  const { count, sum, min, max, buckets } = distribution;
  return {
    count,
    ...(sum === undefined ? {} : { total: sum }),
    ...(Number.isNaN(mean) ? {} : { average: mean }),
    ...(min === undefined ? {} : { minimum: min }),
    ...(max === undefined ? {} : { maximum: max }),
    ...percentilesOfBuckets(buckets, distribution),
    exactPercentiles: false,
  };
}

/** Equal for equal series, whatever the order of their tags. */
function seriesKey({ name, source, type, tags, point }: Row): string {
  const unit = point === undefined ? '' : `\0${point.unit}`;
  return `${name.length}:${name}${source.length}:${source}${type}${unit}${tagsKey(tags)}`;
}

function tagsKey(tags: Tags): string {
  const keys = Object.keys(tags);
  if (keys.length === 0) return '';
  return JSON.stringify(keys.length === 1 ? tags : keys.sort().map((key) => [key, tags[key]]));
}
