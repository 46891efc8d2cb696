import { setImmediate } from 'node:timers/promises';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { openOutput } from '../output/output.ts';
import type { ExportOptions, ExportTarget } from '../target.ts';
import type { PrometheusOptions } from './options.ts';
import { PrometheusTextSerializer } from './serializer.ts';

/**
 * Writes a collection as Prometheus text 0.0.4, chunk by chunk.
 * @throws TypeError for a bad option; what the target throws.
 */
export async function exportToPrometheus(
  resourceMetrics: ResourceMetrics,
  target: ExportTarget,
  { signal, ...options }: PrometheusOptions & ExportOptions = {},
): Promise<void> {
  const serializer = new PrometheusTextSerializer(options);
  signal?.throwIfAborted();
  const output = await openOutput(target, signal);
  try {
    for (const chunk of serializer.chunks(resourceMetrics)) {
      if (chunk !== '') await output.write(Buffer.from(chunk));
      await setImmediate();
      signal?.throwIfAborted();
    }
    await output.commit();
  } catch (error) {
    await output.abort();
    throw error;
  }
}
