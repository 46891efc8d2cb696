import { MetricType, parseMetricType, type Metric as IdiomaticMetric, type MetricSelector, type Tags } from '@otel-perf/metrics';

export { MetricType };

/** One recorded value, with the documented field names. */
export class Metric {
  name: string;
  value: number;
  metric_type: MetricType;
  /** Unix seconds, fractional. */
  timestamp: number;
  source: string;
  tags: Tags;

  /** `timestamp` defaults to now. @throws TypeError for a type that there is none of. */
  constructor(
    name: string,
    value: number,
    metric_type: MetricType | (string & {}),
    timestamp = Date.now() / 1e3,
    source = 'unknown',
    tags: Tags = {},
  ) {
    const type = parseMetricType(metric_type);
    if (type === undefined) throw new TypeError(`metric_type must be a metric type, not ${JSON.stringify(metric_type)}`);
    this.name = name;
    this.value = value;
    this.metric_type = type;
    this.timestamp = timestamp;
    this.source = source;
    this.tags = tags;
  }
}

export function to_documented({ name, value, type, timestamp, source, tags }: IdiomaticMetric): Metric {
  return new Metric(name, value, type, timestamp, source, tags);
}

export function to_idiomatic({ name, value, metric_type, timestamp, source, tags }: Metric): IdiomaticMetric {
  return { name, value, type: metric_type, timestamp, source, tags };
}

/** What `filter_func` may be: a predicate, or a filter of this module. */
export type FilterFunc = ((metric: Metric) => boolean) | { matches(metric: Metric): boolean };

export function to_selector(filter_func: FilterFunc | null | undefined): MetricSelector | undefined {
  if (filter_func === undefined || filter_func === null) return undefined;
  if (typeof filter_func === 'function') return (metric) => filter_func(to_documented(metric));
  return (metric) => filter_func.matches(to_documented(metric));
}
