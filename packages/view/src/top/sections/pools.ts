import { formatValue } from '@otel-perf/metrics';
import { NONE, countText, growthText } from '../figures.ts';
import type { Track } from '../history.ts';
import { otherTags, plainName, tagOf } from '../label.ts';
import { section, type Section } from '../section.ts';
import type { Column } from '../table.ts';
import { bar } from '../trend.ts';

/** What docs/metric-names.md says of a memory pool, as far as it was read. */
interface Pool {
  readonly name: string;
  size?: Track;
  used?: Track;
  largestFree?: Track;
  fragmentation?: Track;
  /** One for each reason. */
  readonly failures: Track[];
  isWanted: boolean;
}

const FIGURES = new Map<string, 'size' | 'used' | 'largestFree' | 'fragmentation'>([
  ['memory_pool_size', 'size'],
  ['memory_pool_used', 'used'],
  ['memory_pool_largest_free', 'largestFree'],
  ['memory_pool_fragmentation', 'fragmentation'],
]);
const FAILURES = 'memory_pool_failures';

/** The pools of which at least one series passes, each with all that is known of it. */
export function pools(tracks: Iterable<Track>, passes: (track: Track) => boolean): readonly Section[] {
  const wanted = poolsOf(tracks, passes).filter(({ isWanted }) => isWanted);
  return section({ title: `Memory pools (${wanted.length})`, name: ({ name }) => ({ ways: [name] }), columns, elastic }, wanted);
}

function poolsOf(tracks: Iterable<Track>, passes: (track: Track) => boolean): Pool[] {
  const byKey = new Map<string, Pool>();
  for (const track of tracks) {
    const name = plainName(track.series.name);
    const figure = FIGURES.get(name);
    if (figure === undefined && name !== FAILURES) continue;
    const type = tagOf(track.series, 'pool.type') ?? '';
    const pool = tagOf(track.series, 'pool.name') ?? '';
    const key = JSON.stringify([type, pool, otherTags(track.series, ['pool.type', 'pool.name', 'reason'])]);
    let known = byKey.get(key);
    if (known === undefined) byKey.set(key, (known = { name: `${type}/${pool}`, failures: [], isWanted: false }));
    if (figure === undefined) known.failures.push(track);
    else known[figure] = track;
    known.isWanted ||= passes(track);
  }
  return [...byKey.values()];
}

const columns: readonly Column<Pool>[] = [
  { heading: 'used', least: 9, rank: 8, cell: ({ used }) => valueText(used) },
  { heading: 'of', least: 9, rank: 7, cell: ({ size }) => valueText(size) },
  {
    heading: 'share',
    least: 6,
    rank: 10,
    cell: (pool) => formatValue(shareOf(pool) === undefined ? undefined : shareOf(pool)! * 100, '%'),
  },
  { heading: 'largest free', least: 9, rank: 4, cell: ({ largestFree }) => valueText(largestFree) },
  { heading: 'fragm.', least: 6, rank: 5, cell: ({ fragmentation }) => valueText(fragmentation) },
  { heading: 'failures', least: 6, rank: 6, cell: ({ failures }) => failuresText(failures) },
];

const elastic = {
  heading: 'used of size',
  least: 12,
  most: 42,
  rank: 3,
  cell: (pool: Pool, width: number): string => bar(shareOf(pool), width),
};

function valueText(track: Track | undefined): string {
  return track === undefined ? NONE : formatValue(track.flow.value, track.series.unit);
}

function shareOf({ used, size }: Pool): number | undefined {
  const all = size?.flow.value;
  const part = used?.flow.value;
  return all === undefined || part === undefined || !(all > 0) ? undefined : part / all;
}

/** Those of all reasons, and how many a second come to them where some do. */
function failuresText(failures: readonly Track[]): string {
  if (failures.length === 0) return NONE;
  const rate = failures.reduce((sum, { flow }) => sum + (flow.rate ?? 0), 0);
  const total = countText(failures.reduce((sum, { flow }) => sum + (flow.value ?? 0), 0));
  return rate > 0 ? `${total} +${growthText(rate, '')}` : total;
}
