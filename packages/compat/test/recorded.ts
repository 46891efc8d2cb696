import { get_metrics_collector } from '../src/centralized_metrics_collector.ts';

/** Name, type and source of what was recorded, in that order of time. */
export function recorded(): [name: string, type: string, source: string][] {
  return get_metrics_collector()
    .get_metrics()
    .map(({ name, metric_type, source }) => [name, metric_type, source]);
}

export function values(name: string): number[] {
  return get_metrics_collector()
    .get_metrics((metric) => metric.name === name)
    .map(({ value }) => value);
}
