import { plainName } from '../../../top/label.ts';
import type { PageSeries } from '../../shared/document.ts';
import { groupsOf, partsOf } from './groups.ts';

/** What docs/metric-names.md has of a memory pool, as far as it was read. */
export interface Pool {
  readonly type: string;
  readonly name: string;
  readonly size?: PageSeries;
  readonly used?: PageSeries;
  readonly requested?: PageSeries;
  readonly largestFree?: PageSeries;
  readonly fragmentation?: PageSeries;
  readonly allocations?: PageSeries;
  readonly deallocations?: PageSeries;
  readonly leaks?: PageSeries;
  readonly allocateTime?: PageSeries;
  /** One for each reason. */
  readonly failures: readonly PageSeries[];
}

type Part = Exclude<keyof Pool, 'type' | 'name' | 'failures'>;

const PARTS: ReadonlyMap<string, Part> = new Map([
  ['memory_pool_size', 'size'],
  ['memory_pool_used', 'used'],
  ['memory_pool_requested', 'requested'],
  ['memory_pool_largest_free', 'largestFree'],
  ['memory_pool_fragmentation', 'fragmentation'],
  ['memory_pool_allocations', 'allocations'],
  ['memory_pool_deallocations', 'deallocations'],
  ['memory_pool_leaks', 'leaks'],
  ['memory_pool_allocate_time', 'allocateTime'],
]);

export function poolsOf(series: readonly PageSeries[]): Pool[] {
  const ofPools = series.filter(({ name }) => name.startsWith('memory_pool_'));
  return groupsOf(ofPools, ['pool.type', 'pool.name'], ['reason', 'error.type']).map(({ names: [type = '', name = ''], series: own }) => ({
    type,
    name,
    ...partsOf(own, PARTS),
    failures: own.filter((each) => plainName(each.name) === 'memory_pool_failures'),
  }));
}

/** The value of a counter or a gauge. */
export function valueOf(series: PageSeries | undefined): number | undefined {
  return series?.kind === 'counter' ? (series.figures.total ?? series.figures.last) : series?.figures.last;
}
