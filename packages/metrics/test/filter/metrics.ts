import type { Metric } from '../../src/model/metric.ts';

export function metric(parts: Partial<Metric> = {}): Metric {
  return { name: 'request_time', value: 1, type: 'time', timestamp: 1000, source: 'api', tags: {}, ...parts };
}
