import type { Bucket } from '@otel-perf/metrics';
import type { Picture, SeriesPicture } from '../../model/picture.ts';
import type { PageDocument, PageSeries } from '../shared/document.ts';
import { histogramOf } from './histogram.ts';
import { thin } from './thin.ts';

/** Points in a page. Some 20 bytes each. */
const MOST_POINTS = 400_000;
const MOST_POINTS_OF_SERIES = 2000;
const FEWEST_POINTS_OF_SERIES = 50;

/** What the page shows of `picture`. A page has at most some 400,000 points of time series, and 2000 of each series. */
export function documentOf({ from, takenAt, problems, series, arenas = [] }: Picture): PageDocument {
  const timed = series.filter(({ events }) => events !== undefined).length;
  const most = Math.max(FEWEST_POINTS_OF_SERIES, Math.min(MOST_POINTS_OF_SERIES, Math.floor(MOST_POINTS / timed)));
  return { from, takenAt, problems, series: series.map((each) => seriesOf(each, most)), arenas };
}

function seriesOf({ events, distribution, ...rest }: SeriesPicture, most: number): PageSeries {
  return {
    ...rest,
    ...(distribution && { distribution: { ...distribution, buckets: withoutEmptyEnds(distribution.buckets) } }),
    ...(events && { histogram: histogramOf(events.values), points: thin(events, most) }),
  };
}

function withoutEmptyEnds(buckets: readonly Bucket[]): readonly Bucket[] {
  const first = buckets.findIndex(({ count }) => count > 0);
  const last = buckets.findLastIndex(({ count }) => count > 0);
  return first === -1 ? [] : buckets.slice(first, last + 1);
}
