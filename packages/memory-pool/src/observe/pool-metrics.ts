import { MetricType, type CentralizedMetricsCollector, type ObservedSeries, type Series } from '@otel-perf/metrics';
import { FAILURE_REASONS, type FailureReason } from '../pool/failure.ts';
import { fragmentationOf, type PoolState } from '../pool/pool-state.ts';
import type { TimeSeries } from './operation-times.ts';

const SOURCE = 'memory_pool';
/** How often figures are put into the windows by the pool itself, at most. */
const SAMPLE_MILLIS = 1000;

interface Counts {
  allocations: number;
  deallocations: number;
  readonly failures: Record<FailureReason, number>;
  leaks: number;
}

interface Figures extends Counts {
  size: number;
  used: number;
  requested: number;
  largestFree: number;
  fragmentation: number;
}

type Metric = [name: string, type: MetricType, read: (figures: Figures) => number, tags?: Readonly<Record<string, string>>];

/** docs/metric-names.md describes them. */
const OBSERVED: readonly Metric[] = [
  ['memory_pool_allocations', MetricType.COUNTER, ({ allocations }) => allocations],
  ['memory_pool_deallocations', MetricType.COUNTER, ({ deallocations }) => deallocations],
  ...FAILURE_REASONS.map((reason): Metric => {
    return ['memory_pool_failures', MetricType.COUNTER, ({ failures }) => failures[reason], { reason }];
  }),
  ['memory_pool_size', MetricType.MEMORY, ({ size }) => size],
  ['memory_pool_used', MetricType.MEMORY, ({ used }) => used],
  ['memory_pool_requested', MetricType.MEMORY, ({ requested }) => requested],
  ['memory_pool_largest_free', MetricType.MEMORY, ({ largestFree }) => largestFree],
  ['memory_pool_fragmentation', MetricType.RATIO, ({ fragmentation }) => fragmentation],
  ['memory_pool_leaks', MetricType.COUNTER, ({ leaks }) => leaks],
];

/**
 * The metrics of all pools of one type and name in a collector, added up. What is counted is read when somebody collects; what closed or
 * collected pools have counted stays.
 */
export class PoolMetrics {
  readonly #collector: CentralizedMetricsCollector;
  readonly #tags: Readonly<Record<string, string>>;
  readonly #observed: readonly ObservedSeries[];
  readonly #pools = new Set<PoolState>();
  readonly #gone: Counts = noCounts();
  #figures: Figures | undefined;
  /** The metrics that have been read from `#figures`: one that comes again wants new ones. */
  readonly #readBy = new Set<Metric>();
  #sampledAt = -Infinity;

  constructor(collector: CentralizedMetricsCollector, type: string, name: string) {
    this.#collector = collector;
    this.#tags = { 'pool.type': type, 'pool.name': name };
    this.#observed = OBSERVED.map((metric) => {
      const [name, type, , tags] = metric;
      return collector.observe({ name, type, source: SOURCE, tags: { ...this.#tags, ...tags } }, () => this.#read(metric));
    });
  }

  readonly allocateTime: TimeSeries = (errorType) => this.#times('memory_pool_allocate_time', errorType);
  readonly deallocateTime: TimeSeries = (errorType) => this.#times('memory_pool_deallocate_time', errorType);

  add(pool: PoolState): void {
    this.#pools.add(pool);
  }

  /** Keeps what `pool` has counted, and lets go of it. */
  remove(pool: PoolState): void {
    if (!this.#pools.delete(pool)) return;
    count(this.#gone, pool);
  }

  /** Puts the figures into windows and history, at once or not more than once a second. */
  sample(now: number, atOnce: boolean): void {
    if (!atOnce && now - this.#sampledAt < SAMPLE_MILLIS) return;
    this.#sampledAt = now;
    this.#figures = undefined;
    for (const series of this.#observed) series.sample();
  }

  #times(name: string, errorType?: string): Series {
    const tags = errorType === undefined ? this.#tags : { ...this.#tags, 'error.type': errorType };
    return this.#collector.series({ name, type: MetricType.TIME, source: SOURCE, tags });
  }

  /** A collection asks for each metric once, and all of it is of one moment. */
  #read(metric: Metric): number {
    if (this.#figures === undefined || this.#readBy.has(metric)) {
      this.#figures = this.#sum();
      this.#readBy.clear();
    }
    this.#readBy.add(metric);
    return metric[2](this.#figures);
  }

  #sum(): Figures {
    const sum: Figures = {
      ...this.#gone,
      failures: { ...this.#gone.failures },
      size: 0,
      used: 0,
      requested: 0,
      largestFree: 0,
      fragmentation: 0,
    };
    let free = 0;
    let largestPossible = 0;
    for (const pool of this.#pools) {
      const stats = count(sum, pool);
      sum.size += stats.size;
      sum.used += stats.reserved.current;
      sum.requested += stats.requested.current;
      sum.largestFree = Math.max(sum.largestFree, stats.largestFreeBytes);
      free += stats.freeBytes + stats.cachedBytes;
      largestPossible = Math.max(largestPossible, pool.largestPossible);
    }
    sum.fragmentation = fragmentationOf(free, sum.largestFree, largestPossible);
    return sum;
  }
}

function noCounts(): Counts {
  return { allocations: 0, deallocations: 0, failures: { memory: 0, fragmentation: 0, size: 0 }, leaks: 0 };
}

/** Adds what `pool` has counted. */
function count(sum: Counts, pool: PoolState): ReturnType<PoolState['read']> {
  const stats = pool.read();
  sum.allocations += stats.blocks.allocated;
  sum.deallocations += stats.blocks.freed;
  for (const reason of FAILURE_REASONS) sum.failures[reason] += pool.failures[reason];
  sum.leaks += pool.leaks;
  return stats;
}

const known = new WeakMap<CentralizedMetricsCollector, Map<string, PoolMetrics>>();

/** The same for the same type and name. */
export function poolMetrics(collector: CentralizedMetricsCollector, type: string, name: string): PoolMetrics {
  let ofCollector = known.get(collector);
  if (ofCollector === undefined) {
    ofCollector = new Map();
    known.set(collector, ofCollector);
  }
  const key = JSON.stringify([type, name]);
  let metrics = ofCollector.get(key);
  if (metrics === undefined) {
    metrics = new PoolMetrics(collector, type, name);
    ofCollector.set(key, metrics);
  }
  return metrics;
}

/** Pools that are garbage, not closed. */
const collected = new FinalizationRegistry<() => void>((forget) => forget());

/** Observes `state` until the result is called, or `pool` is garbage collected. */
export function observePool(pool: object, state: PoolState, metrics: PoolMetrics): () => void {
  metrics.add(state);
  const forget = () => metrics.remove(state);
  collected.register(pool, forget, state);
  return () => {
    collected.unregister(state);
    forget();
  };
}
