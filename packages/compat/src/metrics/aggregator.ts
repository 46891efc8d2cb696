import { MetricsAggregator as IdiomaticAggregator, type WindowStats } from '@otel-perf/metrics';

/** Statistics of a window; all but `count` and `total` are absent while it is empty. */
export interface Stats {
  count: number;
  total: number;
  average: number;
  min: number;
  max: number;
  std_dev: number;
  last_value: number;
}

/** `{}` stands for a name that is not known, or a window that is empty. */
export type StatsOrNone = Stats | Record<string, never>;

export function to_stats(stats: WindowStats | undefined): StatsOrNone {
  if (stats === undefined || stats.count === 0) return {};
  const { count, total, average, min, max, stdDev, lastValue } = stats;
  return { count, total, average: average!, min: min!, max: max!, std_dev: stdDev!, last_value: lastValue! };
}

export function to_stats_by_name(stats: Iterable<readonly [string, WindowStats]>): Record<string, StatsOrNone> {
  return Object.fromEntries(Array.from(stats, ([name, each]) => [name, to_stats(each)]));
}

/** Rolling windows by metric name. */
export class MetricsAggregator {
  readonly #aggregator: IdiomaticAggregator;

  constructor({ window_size = 1000 }: { window_size?: number } = {}) {
    this.#aggregator = new IdiomaticAggregator({ windowSize: window_size });
  }

  get window_size(): number {
    return this.#aggregator.windowSize;
  }

  /** The values held, by name: a copy. */
  get metrics(): Map<string, number[]> {
    const aggregator = this.#aggregator;
    return new Map(aggregator.names().map((name) => [name, aggregator.getRecentValues(name, this.window_size)]));
  }

  add_metric(name: string, value: number): void {
    this.#aggregator.addMetric(name, value);
  }

  get_stats(name: string): StatsOrNone;
  get_stats(): Record<string, StatsOrNone>;
  get_stats(name?: string): StatsOrNone | Record<string, StatsOrNone> {
    return name === undefined ? to_stats_by_name(this.#aggregator.getAllStats()) : to_stats(this.#aggregator.getStats(name));
  }

  /** Oldest first. */
  get_recent_values(name: string, count = 10): number[] {
    return this.#aggregator.getRecentValues(name, count);
  }

  clear(): void {
    this.#aggregator.clear();
  }
}
