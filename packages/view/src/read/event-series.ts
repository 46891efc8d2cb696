import { MetricsAggregator } from '@otel-perf/metrics';
import type { Figures, SeriesPicture } from '../model/picture.ts';

const PERCENTILES = [50, 95, 99];

/** The events of one series, as they come. 16 bytes an event. */
export class EventSeries {
  readonly #times: number[] = [];
  readonly #values: number[] = [];

  add(time: number, value: number): void {
    this.#times.push(time);
    this.#values.push(value);
  }

  /** In the order of time; events of one time stay as they came. */
  inOrder(): NonNullable<SeriesPicture['events']> {
    const times = Float64Array.from(this.#times);
    const values = Float64Array.from(this.#values);
    if (isRising(times)) return { times, values };
    const order = Uint32Array.from(times.keys()).sort((a, b) => times[a]! - times[b]! || a - b);
    return { times: Float64Array.from(order, (i) => times[i]!), values: Float64Array.from(order, (i) => values[i]!) };
  }
}

function isRising(times: Float64Array): boolean {
  for (let i = 1; i < times.length; i++) if (times[i]! < times[i - 1]!) return false;
  return true;
}

/** Exact, by the very statistics of the windows inside a process. `values` must be finite and at least one. */
export function exactFigures(values: Float64Array): Figures {
  const aggregator = new MetricsAggregator({ windowSize: values.length });
  for (const value of values) aggregator.addMetric('', value);
  const stats = aggregator.getStats('', PERCENTILES)!;
  return {
    count: stats.count,
    total: stats.total,
    last: stats.lastValue!,
    average: stats.average!,
    minimum: stats.min!,
    maximum: stats.max!,
    standardDeviation: stats.stdDev!,
    p50: stats.percentiles['p50']!,
    p95: stats.percentiles['p95']!,
    p99: stats.percentiles['p99']!,
    exactPercentiles: true,
  };
}
