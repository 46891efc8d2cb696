import type { Tally } from '../model/allocator.ts';
import type { PoolPerformance, PoolStats } from '../pool/pool-stats.ts';
import type { TensorType } from '../pool/tensor-type.ts';

/** All pools together; exact, as of the call. Bytes, unless the name says otherwise. */
export interface SystemStats {
  readonly size: number;
  /** The peaks are the sums of the pools' peaks: pools need not have had theirs at the same time. */
  readonly blocks: Tally;
  readonly reserved: Tally;
  readonly requested: Tally;
  readonly freeBytes: number;
  readonly largestFreeBytes: number;
  readonly memoryBlocks: number;
  readonly failures: number;
  readonly leaks: number;
  /** Reserved of all. */
  readonly utilization: number;
  readonly pools: Readonly<Record<TensorType, PoolStats>>;
}

export function systemStats(pools: Readonly<Record<TensorType, PoolStats>>): SystemStats {
  const all = Object.values(pools);
  const sum = (of: (stats: PoolStats) => number) => all.reduce((total, stats) => total + of(stats), 0);
  const tally = (kind: 'blocks' | 'reserved' | 'requested'): Tally => ({
    current: sum((stats) => stats[kind].current),
    peak: sum((stats) => stats[kind].peak),
    allocated: sum((stats) => stats[kind].allocated),
    freed: sum((stats) => stats[kind].freed),
  });
  const size = sum((stats) => stats.size);
  const reserved = tally('reserved');
  return {
    size,
    blocks: tally('blocks'),
    reserved,
    requested: tally('requested'),
    freeBytes: sum(({ freeBytes }) => freeBytes),
    largestFreeBytes: Math.max(...all.map(({ largestFreeBytes }) => largestFreeBytes)),
    memoryBlocks: sum(({ memoryBlocks }) => memoryBlocks),
    failures: sum(({ failures }) => failures),
    leaks: sum(({ leaks }) => leaks),
    utilization: reserved.current / size,
    pools,
  };
}

export interface SystemPerformance extends PoolPerformance {
  readonly pools: Readonly<Record<TensorType, PoolPerformance>>;
}

export function systemPerformance(pools: Readonly<Record<TensorType, PoolPerformance>>): SystemPerformance {
  const all = Object.values(pools);
  const sum = (key: keyof PoolPerformance) => all.reduce((total, pool) => total + pool[key], 0);
  const average = (count: 'timedAllocationCount' | 'timedDeallocationCount', mean: 'averageAllocationTime' | 'averageDeallocationTime') => {
    const timed = sum(count);
    return timed === 0 ? 0 : all.reduce((total, pool) => total + pool[mean] * pool[count], 0) / timed;
  };
  return {
    allocationCount: sum('allocationCount'),
    deallocationCount: sum('deallocationCount'),
    failureCount: sum('failureCount'),
    timedAllocationCount: sum('timedAllocationCount'),
    timedDeallocationCount: sum('timedDeallocationCount'),
    averageAllocationTime: average('timedAllocationCount', 'averageAllocationTime'),
    averageDeallocationTime: average('timedDeallocationCount', 'averageDeallocationTime'),
    totalAllocationTime: sum('totalAllocationTime'),
    totalDeallocationTime: sum('totalDeallocationTime'),
    pools,
  };
}
