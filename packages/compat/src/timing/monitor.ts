import { getGlobalMonitor, PerformanceMonitor as IdiomaticMonitor, type OperationStats as IdiomaticStats } from '@otel-perf/timing';

/** Over all values, in seconds. */
export interface OperationStats {
  count: number;
  total_time: number;
  avg_time: number;
  min_time: number;
  max_time: number;
  last_time: number;
}

export type Trend =
  | { trend: 'increasing' | 'decreasing' | 'stable'; avg_recent: number; avg_earlier: number; count: number }
  | { trend: 'insufficient_data'; avg_recent: number };

type None = Record<string, never>;

/** Statistics of operations by name; `{}` stands for an unknown one. */
export class PerformanceMonitor {
  readonly #monitor: IdiomaticMonitor;

  constructor(monitor: IdiomaticMonitor = new IdiomaticMonitor()) {
    this.#monitor = monitor;
  }

  record_timing(operation: string, seconds: number): void {
    this.#monitor.recordTiming(operation, seconds);
  }

  get_stats(operation: string): OperationStats | None;
  get_stats(): Record<string, OperationStats>;
  get_stats(operation?: string): OperationStats | None | Record<string, OperationStats> {
    if (operation === undefined)
      return Object.fromEntries(Array.from(this.#monitor.getStats(), ([name, stats]) => [name, to_stats(stats)]));
    const stats = this.#monitor.getStats(operation);
    return stats === undefined ? {} : to_stats(stats);
  }

  /** Compares the mean of the last `last_n` with the mean of their first half: 10 % more or less is a trend. */
  get_trend(operation: string, last_n = 10): Trend | None {
    const trend = this.#monitor.getTrend(operation, last_n);
    if (trend === undefined) return {};
    if (trend.trend === 'insufficient_data') return { trend: trend.trend, avg_recent: trend.avgRecent };
    return { trend: trend.trend, avg_recent: trend.avgRecent, avg_earlier: trend.avgEarlier, count: trend.count };
  }

  reset(): void {
    this.#monitor.reset();
  }
}

function to_stats({ count, totalTime, avgTime, minTime, maxTime, lastTime }: IdiomaticStats): OperationStats {
  return { count, total_time: totalTime, avg_time: avgTime, min_time: minTime, max_time: maxTime, last_time: lastTime };
}

let the_monitor: PerformanceMonitor | undefined;

/** The monitor of the process. */
export function get_global_monitor(): PerformanceMonitor {
  return (the_monitor ??= new PerformanceMonitor(getGlobalMonitor()));
}
