import { setImmediate } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import type { PerformanceMetricReader, PrometheusTextSerializer } from '@otel-perf/metrics';

/**
 * What a scrape of the reader gets, in pieces between which other work has its turn.
 * @throws AggregateError where nothing can be collected; what is missing beside something is told to `diag`.
 */
export async function* readerText(
  reader: PerformanceMetricReader,
  serializer: PrometheusTextSerializer,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { resourceMetrics, errors } = await reader.collect();
  if (errors.length > 0) {
    if (resourceMetrics.scopeMetrics.every(({ metrics }) => metrics.length === 0))
      throw new AggregateError(errors, 'nothing could be collected');
    diag.error('otel-perf: some metrics could not be collected', ...errors);
  }
  for (const chunk of serializer.chunks(resourceMetrics)) {
    // oxlint-disable-next-line no-await-in-loop -- that is the pace
    await setImmediate();
    if (chunk !== '') yield Buffer.from(chunk);
  }
}
