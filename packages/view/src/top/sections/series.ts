import { formatValue } from '@otel-perf/metrics';
import { countText, growthText } from '../figures.ts';
import type { Track } from '../history.ts';
import type { Flow } from '../interval.ts';
import { labelOf, plainLabelOf, shortLabelOf, tellingTags } from '../label.ts';
import { section, type Section } from '../section.ts';
import { headingOf, sorted, totalOf, type SortKey } from '../sort.ts';
import type { Column, ElasticColumn, Table } from '../table.ts';
import { sparkline } from '../trend.ts';

/** Before the name of a row whose figures are of another time than the interval. */
const OTHER_TIME = '*';

/** Distributions: how often, how long, and how that went lately. */
export function operations(tracks: readonly Track[], sort: SortKey): readonly Section[] {
  const trendOf = sort === 'p50' || sort === 'p95' || sort === 'p99' ? sort : 'rate';
  const columns = [
    column(headingOf('rate', 'rate', sort), 8, 9, ({ flow }) => growthText(flow.rate, '')),
    ...(['p50', 'p95', 'p99'] as const).map((key, i) =>
      column(headingOf(key, key, sort), 7, [8, 10, 7][i]!, ({ series, flow }) => formatValue(flow[key], series.unit)),
    ),
    { ...column(headingOf('count', 'total', sort), 7, 5, (track) => countText(totalOf(track))), leaves: 24 },
    ...sourceOf(tracks),
  ];
  const title = headingOf(`Operations (${tracks.length})`, 'name', sort);
  return section(
    { title, ...namesOf(tracks), columns, elastic: trend(`${trendOf} lately`, (flow) => flow[trendOf]) },
    sorted(tracks, sort),
  );
}

/** Totals that only rise: how fast they do. */
export function counters(tracks: readonly Track[], sort: SortKey): readonly Section[] {
  const columns = [
    column(headingOf('rate', sort === 'total' ? 'total' : 'rate', sort), 11, 9, ({ series, flow }) => growthText(flow.rate, series.unit)),
    column(headingOf('total', 'total', sort), 7, 8, ({ series, flow }) => formatValue(flow.value, series.unit)),
    ...sourceOf(tracks),
  ];
  const title = headingOf(`Counters (${tracks.length})`, 'name', sort);
  return section({ title, ...namesOf(tracks), columns, elastic: trend('rate lately', ({ rate }) => rate) }, sorted(tracks, sort));
}

/** Values that go up and down, by name: they are of different things. */
export function gauges(tracks: readonly Track[]): readonly Section[] {
  const columns = [column('value', 11, 9, ({ series, flow }) => formatValue(flow.value, series.unit)), ...sourceOf(tracks)];
  const title = headingOf(`Gauges (${tracks.length})`, 'name', 'name');
  return section({ title, ...namesOf(tracks), columns, elastic: trend('lately', ({ value }) => value) }, sorted(tracks, 'name'));
}

/** Where any is known. */
function sourceOf(tracks: readonly Track[]): readonly Column<Track>[] {
  if (tracks.every(({ series }) => series.source === '')) return [];
  return [{ heading: 'source', cell: ({ series }) => series.source, least: 0, most: 24, align: 'left', rank: 0, leaves: 64 }];
}

function column(heading: string, least: number, rank: number, cell: (track: Track) => string): Column<Track> {
  return { heading, least, rank, cell };
}

function trend(heading: string, figure: (flow: Flow) => number | undefined): ElasticColumn<Track> {
  return { heading, least: 11, most: 40, rank: 6, leaves: 24, cell: ({ trend: flows }, width) => sparkline(flows.map(figure), width) };
}

function namesOf(tracks: readonly Track[]): Pick<Table<Track>, 'name'> {
  const telling = tellingTags(tracks.map(({ series }) => series));
  return {
    name: ({ series, flow }) => {
      const own = telling.get(series.name)!;
      return {
        mark: flow.of === 'interval' ? '' : OTHER_TIME,
        ways: [labelOf(series), shortLabelOf(series, own), plainLabelOf(series, own)],
      };
    },
  };
}
