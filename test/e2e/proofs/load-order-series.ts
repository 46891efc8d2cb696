import { DEFAULT_TIME_BOUNDARIES } from '@otel-perf/metrics';
import { keyOf } from './series.ts';

/** One value of the metric `load_order_time`. */
export interface Duration {
  readonly value: number;
  readonly tags: Readonly<Record<string, string>>;
}

const BOUNDS = [...DEFAULT_TIME_BOUNDARIES, Infinity];

/** The series that Prometheus has for these durations, buckets by their number: another test is about how that is spelt. */
export function loadOrderSeries(durations: readonly Duration[]): Record<string, number> {
  const series: Record<string, number> = {};
  const add = (name: string, labels: Record<string, string>, amount: number) => {
    const key = keyOf(name, labels);
    series[key] = (series[key] ?? 0) + amount;
  };
  for (const { value, tags } of durations) {
    const { channel = '', 'error.type': errorType } = tags;
    const labels = { channel, otel_scope_name: 'loadOrder', ...(errorType === undefined ? {} : { error_type: errorType }) };
    for (const bound of BOUNDS) add('load_order_time_seconds_bucket', { ...labels, le: String(bound) }, Number(value <= bound));
    add('load_order_time_seconds_count', labels, 1);
    add('load_order_time_seconds_sum', labels, value);
  }
  return series;
}
