import type { Bucket } from '@otel-perf/metrics';
import type { ArenaPicture } from '../../model/arena.ts';
import type { Picture, SeriesPicture } from '../../model/picture.ts';

/** What the page is given: a picture whose events are counted into bins, and thinned out where they are many. */
export interface PageDocument extends Pick<Picture, 'from' | 'takenAt' | 'problems'> {
  readonly series: readonly PageSeries[];
  readonly arenas: readonly ArenaPicture[];
}

export interface PageSeries extends Omit<SeriesPicture, 'events'> {
  /** Single events, counted for the page into bins. */
  readonly histogram?: readonly Bucket[];
  readonly points?: Points;
}

/** Values over time, in order. */
export interface Points {
  /** Events that there are; more than `times` has where they were thinned out. */
  readonly of: number;
  /** Unix seconds. */
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** What tells a series from all others of a document. */
export function keyOf({ name, source, kind, tags }: PageSeries): string {
  return JSON.stringify([name, source, kind, Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
