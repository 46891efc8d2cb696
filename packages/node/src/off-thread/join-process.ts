import { getEnvironmentData, isMainThread } from 'node:worker_threads';
import type { Attributes } from '@opentelemetry/api';
import { PerformanceMetricReader } from '@otel-perf/metrics';
import type { Started, StartPlan } from '../start-plan.ts';
import { tellOfLaterProviders } from '../wire/later-providers.ts';
import { wireMoreThanMetrics } from '../wire/more-than-metrics.ts';
import { loadPeer } from '../wire/peers.ts';
import { RESOURCE_DATA } from './thread-data.ts';

/** What a joined thread's reader has of its own: nothing is served or pushed from here. */
class JoinedReader extends PerformanceMetricReader {
  readonly prometheusUrl = undefined;
}

/** Whether this is a worker thread of a service whose metrics are collected off-thread. */
export function isOfOffThreadProcess(): boolean {
  return !isMainThread && getEnvironmentData(RESOURCE_DATA) !== undefined;
}

/**
 * Has a worker thread of the service record into the memory of the process. Its reader reads all threads. Metrics of the runtime are those
 * of the thread that started the telemetry worker. `undefined` where it cannot be, which is told.
 */
export async function joinProcess(plan: StartPlan): Promise<Started | undefined> {
  const { options, problems, instrumentations, times } = plan;
  const without = 'This thread has no part in the metrics of the process';
  const module = await loadPeer('@otel-perf/meter-provider', () => import('@otel-perf/meter-provider'), without, problems);
  const resources = module && (await loadPeer('@opentelemetry/resources', () => import('@opentelemetry/resources'), without, problems));
  const provider = module?.registerWorker(options.views === undefined ? {} : { views: options.views });
  if (module === undefined || resources === undefined || provider === undefined) return undefined;
  const reader = new JoinedReader({ ...options.reader, ...times });
  const resource = resources.resourceFromAttributes(getEnvironmentData(RESOURCE_DATA) as Attributes);
  const observe = (timeoutMillis?: number): Promise<readonly unknown[]> => provider.observe(timeoutMillis);
  reader.setMetricProducer(module.createProducer({ arena: provider.arena, resource, reader, readerIndex: 0, observe }));
  tellOfLaterProviders(problems);
  const sdk = await wireMoreThanMetrics(plan, { ...instrumentations, runtimeMetrics: false, hostMetrics: false }, resource);
  return { reader, stop: () => Promise.all([reader.shutdown(), provider.shutdown(), sdk?.shutdown()]) };
}
