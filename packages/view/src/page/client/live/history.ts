import { flowOf } from '../../../top/interval.ts';
import { keyOf, type PageDocument, type PageSeries } from '../../shared/document.ts';
import type { TimeSeries } from '../model/time-series.ts';

/** Points of all series together, at most; but for the fewest that a series keeps. */
const MOST_POINTS = 600_000;
const MOST_OF_SERIES = 300;
const FEWEST_OF_SERIES = 20;

interface Track {
  latest: PageSeries;
  readonly times: number[];
  /** One array a line, as long as the times. */
  readonly values: (number | null)[][];
}

/** What a kind of series draws over time. */
const LINES = {
  distribution: ['p50', 'p95', 'p99'],
  counter: ['rate'],
  gauge: ['value'],
} as const;

/** The last points of each series of a live page: what happened between one picture and the next. */
export class LiveHistory {
  readonly #tracks = new Map<string, Track>();
  #last = NaN;

  /** A picture that came at `receivedAt`, in Unix seconds, which counts where the picture does not know its own time. */
  add({ series, takenAt }: PageDocument, receivedAt: number): void {
    const at = Number.isFinite(takenAt) ? takenAt : receivedAt;
    if (at <= this.#last) return;
    const seconds = at - this.#last;
    this.#last = at;
    const most = Math.max(FEWEST_OF_SERIES, Math.min(MOST_OF_SERIES, Math.floor(MOST_POINTS / series.length)));
    const seen = new Set<string>();
    for (const each of series) {
      const key = keyOf(each);
      seen.add(key);
      this.#extend(key, each, at, seconds, most);
    }
    for (const key of this.#tracks.keys()) if (!seen.has(key)) this.#tracks.delete(key);
  }

  of(series: PageSeries): TimeSeries {
    const track = this.#tracks.get(keyOf(series));
    const labels = LINES[series.kind];
    return {
      times: track?.times ?? [],
      lines: labels.map((label, i) => ({ label: label === 'rate' ? 'per second' : label, values: track?.values[i] ?? [] })),
      unit: series.unit,
      note: series.kind === 'gauge' ? 'as read, since this page was opened' : 'between two readings, since this page was opened',
    };
  }

  #extend(key: string, series: PageSeries, at: number, seconds: number, most: number): void {
    const known = this.#tracks.get(key);
    const track = known ?? { latest: series, times: [], values: LINES[series.kind].map(() => []) };
    if (known === undefined) this.#tracks.set(key, track);
    const flow = flowOf(series, known?.latest, seconds);
    track.latest = series;
    // Figures since the start are of another kind than those of an interval.
    if (flow.of === 'start') return;
    track.times.push(at);
    for (const [i, label] of LINES[series.kind].entries()) track.values[i]!.push(flow[label] ?? null);
    if (track.times.length > most) for (const values of [track.times, ...track.values]) values.splice(0, values.length - most);
  }
}
