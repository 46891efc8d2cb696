import { diag } from '@opentelemetry/api';
import { checkCount } from './options.ts';

/** Over all values since the start, or since `reset`, in seconds. */
export interface OperationStats {
  count: number;
  totalTime: number;
  avgTime: number;
  minTime: number;
  maxTime: number;
  lastTime: number;
}

/** How the newest times compare with the first half of them. */
export type Trend =
  | { trend: 'insufficient_data'; avgRecent: number }
  | {
      /** More than 10 % above, more than 10 % below, or neither. */
      trend: 'increasing' | 'decreasing' | 'stable';
      avgRecent: number;
      avgEarlier: number;
      /** How many values were compared. */
      count: number;
    };

const MOST_OPERATIONS = 10_000;
const KEPT_VALUES = 1000;

class Operation {
  count = 0;
  totalTime = 0;
  minTime = Infinity;
  maxTime = -Infinity;
  lastTime = 0;
  /** A ring, once it is full. */
  readonly #values: number[] = [];

  add(seconds: number): void {
    this.#values[this.count % KEPT_VALUES] = seconds;
    this.count++;
    this.totalTime += seconds;
    this.minTime = Math.min(this.minTime, seconds);
    this.maxTime = Math.max(this.maxTime, seconds);
    this.lastTime = seconds;
  }

  get stats(): OperationStats {
    const { count, totalTime, minTime, maxTime, lastTime } = this;
    return { count, totalTime, avgTime: totalTime / count, minTime, maxTime, lastTime };
  }

  /** Oldest first. */
  newest(count: number): number[] {
    const held = this.#values.length;
    const taken = Math.min(count, held);
    return Array.from({ length: taken }, (_, i) => this.#values[(this.count - taken + i) % KEPT_VALUES]!);
  }
}

/** Statistics of operations by name, apart from all metrics. Memory is bounded: the last 1000 values of at most 10,000 operations. */
export class PerformanceMonitor {
  readonly #operations = new Map<string, Operation>();
  #warned = false;

  /** A time that is not finite or below 0, and one of an operation beyond 10,000, is dropped; the first is warned of through `diag`. */
  recordTiming(operation: string, seconds: number): void {
    const valid = Number.isFinite(seconds) && seconds >= 0;
    const known = this.#operations.get(operation) ?? (valid && this.#operations.size < MOST_OPERATIONS ? new Operation() : undefined);
    if (!valid || known === undefined) {
      this.#warn(operation, seconds);
      return;
    }
    if (known.count === 0) this.#operations.set(operation, known);
    known.add(seconds);
  }

  /** Of one operation, `undefined` where it is unknown; of all by name when none is given. */
  getStats(): Map<string, OperationStats>;
  getStats(operation: string): OperationStats | undefined;
  getStats(operation?: string): Map<string, OperationStats> | OperationStats | undefined {
    if (operation !== undefined) return this.#operations.get(operation)?.stats;
    return new Map(this.#operations.entries().map(([name, each]) => [name, each.stats]));
  }

  /**
   * Compares the mean of the last `lastN` times with the mean of their first half; `undefined` for an unknown operation. The last 1000 are held.
   * @throws RangeError for a `lastN` that is not an integer of at least 1.
   */
  getTrend(operation: string, lastN = 10): Trend | undefined {
    checkCount('lastN', lastN, 1);
    const values = this.#operations.get(operation)?.newest(lastN);
    if (values === undefined) return undefined;
    const count = values.length;
    const avgRecent = mean(values);
    if (count === 1) return { trend: 'insufficient_data', avgRecent };
    const avgEarlier = mean(values.slice(0, Math.floor(count / 2)));
    const trend = avgRecent > avgEarlier * 1.1 ? 'increasing' : avgRecent < avgEarlier * 0.9 ? 'decreasing' : 'stable';
    return { trend, avgRecent, avgEarlier, count };
  }

  reset(): void {
    this.#operations.clear();
  }

  #warn(operation: string, seconds: number): void {
    if (this.#warned) return;
    this.#warned = true;
    diag.warn(
      `otel-perf: PerformanceMonitor dropped a time of ${JSON.stringify(operation)} (${String(seconds)}); further ones are dropped in silence`,
    );
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Registered symbols are one per process, also when two copies of this package are loaded. Raise the number with an incompatible change. */
const KEY = Symbol.for('@otel-perf/timing.monitor.1');

/** The monitor of this process, made when it is first asked for. */
export function getGlobalMonitor(): PerformanceMonitor {
  const holder = globalThis as { [KEY]?: PerformanceMonitor };
  return (holder[KEY] ??= new PerformanceMonitor());
}
