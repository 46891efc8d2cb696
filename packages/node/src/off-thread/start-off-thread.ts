import { setEnvironmentData } from 'node:worker_threads';
import { metrics } from '@opentelemetry/api';
import type { MeterProvider } from '@otel-perf/meter-provider';
import { PrometheusTextSerializer } from '@otel-perf/metrics';
import { tellingFailures } from '../serve/create-reader.ts';
import type { Started, StartPlan } from '../start-plan.ts';
import { exportersTo } from '../wire/exporters.ts';
import { tellOfLaterProviders } from '../wire/later-providers.ts';
import { wireMoreThanMetrics } from '../wire/more-than-metrics.ts';
import { loadPeer } from '../wire/peers.ts';
import { resourceOf } from '../wire/resource.ts';
import type { OffThreadSettings } from './off-thread-options.ts';
import { OffThreadReader } from './reader.ts';
import { Room } from './room.ts';
import { TelemetryWorker } from './telemetry-worker.ts';
import { RESOURCE_DATA } from './thread-data.ts';

const EXPORT_INTERVAL_MILLIS = 15_000;
const EXPORT_TIMEOUT_MILLIS = 10_000;

/**
 * Registers the MeterProvider of shared memory, and starts the worker that serves and pushes what it holds. Resolved once that listens, or
 * will not. `undefined` where a package is missing for it, which is told.
 * @throws TypeError or RangeError for an option that is out of its bounds.
 */
export async function startOffThread(plan: StartPlan, settings: OffThreadSettings): Promise<Started | undefined> {
  const { options, environment, problems, to, endpoint } = plan;
  const name = '@otel-perf/meter-provider';
  const module = await loadPeer(name, () => import('@otel-perf/meter-provider'), 'Metrics stay in the main thread', problems);
  const resource = module && (await resourceOf(options, environment, problems));
  if (module === undefined || resource === undefined) return undefined;
  // Options are checked where they are given: the worker could only tell of them.
  if (endpoint !== undefined) void new PrometheusTextSerializer(endpoint.text);
  const stay = await exportersTo({ ...to, otlp: false }, undefined, environment, problems);
  const given = tellingFailures({ ...options.reader, ...plan.times, exporters: [...stay, ...(options.exporters ?? [])] }, problems);
  const reader = new OffThreadReader(given);
  const { views = [], metricReaders = [] } = options;
  const provider = new module.MeterProvider({ resource, views, readers: [reader, ...metricReaders], reserveBytes: settings.reserveBytes });
  reader.watch(new Room(provider.arena, problems));
  metrics.setGlobalMeterProvider(provider);
  setEnvironmentData(RESOURCE_DATA, resource.attributes);
  const worker = startWorker(plan, settings, provider);
  if (worker !== undefined) reader.join(worker, endpoint !== undefined);
  tellOfLaterProviders(problems);
  const sdk = await wireMoreThanMetrics(plan, plan.instrumentations, resource);
  await worker?.ready;
  return {
    reader,
    stop: () => {
      setEnvironmentData(RESOURCE_DATA, undefined as never);
      return Promise.all([provider.shutdown(), sdk?.shutdown()]);
    },
    flushNow: to.otlp ? (millis) => worker?.flushNow(millis) : undefined,
  };
}

function startWorker(plan: StartPlan, settings: OffThreadSettings, { arena, resource }: MeterProvider): TelemetryWorker | undefined {
  const { to, exit, times, endpoint, options, problems } = plan;
  if (!to.otlp && endpoint === undefined) return undefined;
  const { exportIntervalMillis, exportTimeoutMillis } = { ...options.reader, ...times };
  const push = {
    intervalMillis: exportIntervalMillis ?? EXPORT_INTERVAL_MILLIS,
    timeoutMillis: exportTimeoutMillis ?? EXPORT_TIMEOUT_MILLIS,
    mostMillis: exit.flush?.timeoutMillis,
  };
  const start = {
    arena: arena.buffer,
    resource: resource.attributes,
    observeTimeoutMillis: settings.observeTimeoutMillis,
    endpoint,
    push: to.otlp ? push : undefined,
  };
  return new TelemetryWorker(start, problems, options.reader?.onExportError);
}
