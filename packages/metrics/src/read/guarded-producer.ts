import type { MetricProducer, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { withTimeout } from './timeout.ts';

/** `producer`, but what fails or hangs in it is an error of the collection; the SDK would lose all of the collection to it. */
export function guarded(producer: MetricProducer): MetricProducer {
  return {
    async collect(options) {
      try {
        const collecting = producer.collect(options);
        const timeoutMillis = options?.timeoutMillis;
        return await (timeoutMillis === undefined ? collecting : withTimeout(collecting, timeoutMillis, 'a metric producer'));
      } catch (error) {
        // The resource of a collection is that of the MeterProvider; a producer's is never read.
        return { resourceMetrics: { scopeMetrics: [] } as unknown as ResourceMetrics, errors: [error] };
      }
    },
  };
}
