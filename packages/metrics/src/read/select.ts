import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { matches, type MetricSelector } from '../filter/metrics-filter.ts';
import { identify, toMetric, type OriginOf } from './flatten.ts';

/** What `selector` keeps of a collection, data point by data point; the collection itself stays as it is. */
export function select(resourceMetrics: ResourceMetrics, selector: MetricSelector | undefined, originOf: OriginOf): ResourceMetrics {
  if (selector === undefined) return resourceMetrics;
  const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
    scope,
    metrics: metrics.flatMap((data) => {
      const identity = identify(scope.name, data, originOf);
      const points: MetricData['dataPoints'] = data.dataPoints;
      const dataPoints = points.filter((point) => matches(selector, toMetric(identity, data, point)));
      return dataPoints.length === 0 ? [] : [{ ...data, dataPoints } as MetricData];
    }),
  }));
  return { resource: resourceMetrics.resource, scopeMetrics: scopeMetrics.filter(({ metrics }) => metrics.length > 0) };
}
