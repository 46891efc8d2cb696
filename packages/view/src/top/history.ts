import type { Picture, SeriesPicture } from '../model/picture.ts';
import { flowOf, type Flow } from './interval.ts';

/** A picture, when it was asked for in seconds of a clock that never goes back, and how long it took. */
export interface Reading {
  readonly picture: Picture;
  readonly at: number;
  readonly tookSeconds: number;
}

/** A series that the newest reading has. */
export interface Track {
  readonly series: SeriesPicture;
  readonly flow: Flow;
  /** Flows of the last intervals that it was there in, the newest last, at most {@link TREND}. */
  readonly trend: readonly Flow[];
}

export interface History {
  readonly latest: Reading;
  /** Between the last two readings; absent after the first. */
  readonly intervalSeconds?: number;
  /** In the order of the newest picture. */
  readonly tracks: ReadonlyMap<string, Track>;
}

/** Intervals that are remembered of a series. */
export const TREND = 60;

/** The history after another reading. A series that the reading lacks is forgotten; one that comes again begins anew. */
export function extend(history: History | undefined, latest: Reading): History {
  const seconds = history === undefined ? NaN : latest.at - history.latest.at;
  const tracks = new Map<string, Track>();
  for (const series of latest.picture.series) {
    const key = keyOf(series);
    const known = history?.tracks.get(key);
    const flow = flowOf(series, known?.series, seconds);
    tracks.set(key, { series, flow, trend: [...(known?.trend ?? []).slice(1 - TREND), flow] });
  }
  return { latest, tracks, ...(history === undefined ? {} : { intervalSeconds: seconds }) };
}

function keyOf({ name, source, kind, tags }: SeriesPicture): string {
  return JSON.stringify([name, source, kind, Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
