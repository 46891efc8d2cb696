import { createRequire } from 'node:module';
import { metrics } from '@opentelemetry/api';
import type { Problems } from '../problems.ts';
import { AUTO, isPreloaded } from './peers.ts';

/**
 * From now on tells of a MeterProvider that the service tries to set: the API refuses it, and says so to `diag` alone, so that its readers
 * and exporters would be empty without a word. Auto-instrumentations that are preloaded beside otel-perf try it by design.
 */
export function tellOfLaterProviders(problems: Problems): void {
  if (isPreloaded(AUTO)) return;
  // The API has one copy of its code for `import`, and may have another for `require`.
  const { metrics: required } = createRequire(import.meta.url)('@opentelemetry/api') as { metrics: typeof metrics };
  for (const api of new Set([metrics, required])) {
    const set = api.setGlobalMeterProvider.bind(api);
    api.setGlobalMeterProvider = (provider) => {
      const isSet = set(provider);
      if (!isSet) {
        const remedy = 'Either start it without otel-perf, and with createPerformanceReader() among its metricReaders, or without metrics';
        problems.tell('later-provider', `The service sets a MeterProvider, which gets no metrics: otel-perf has set its own. ${remedy}.`);
      }
      return isSet;
    };
  }
}
