import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { diag, metrics } from '@opentelemetry/api';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { messageOf, type Problems } from '../problems.ts';
import { AUTO, isPreloaded, loadPeer } from './peers.ts';

export type Instrumentations = NodeSDKConfiguration['instrumentations'];

const RUNTIME = '@opentelemetry/instrumentation-runtime-node';
const HOST = '@opentelemetry/host-metrics';
const HOOK = '@opentelemetry/instrumentation/hook.mjs';
/** All but `system.network`, for which a shell is started in every collection, and the event loop waits for it. */
const HOST_GROUPS = ['process.cpu', 'process.memory', 'system.cpu', 'system.memory'];

export interface InstrumentationSettings {
  readonly instrumentations: 'auto' | Instrumentations;
  readonly runtimeMetrics: boolean;
  readonly hostMetrics: boolean;
}

/** Those that were asked for, and the one for runtime metrics unless it is among them: twice, it would count everything twice. */
export async function instrumentationsFor(settings: InstrumentationSettings, problems: Problems): Promise<Instrumentations> {
  const given = settings.instrumentations === 'auto' ? await autoInstrumentations(settings, problems) : settings.instrumentations;
  // Preloaded by itself, it brings one along.
  if (!settings.runtimeMetrics || isPreloaded(AUTO) || given.flat().some((each) => each.instrumentationName === RUNTIME)) return given;
  const runtime = await loadPeer(RUNTIME, () => import('@opentelemetry/instrumentation-runtime-node'), 'No runtime metrics', problems);
  return runtime === undefined ? given : [...given, new runtime.RuntimeNodeInstrumentation()];
}

async function autoInstrumentations({ runtimeMetrics }: InstrumentationSettings, problems: Problems): Promise<Instrumentations> {
  const auto = await loadPeer(AUTO, () => import('@opentelemetry/auto-instrumentations-node'), 'No automatic instrumentation', problems);
  if (auto === undefined) return [];
  if (!isPreloaded(HOOK)) patchModules();
  return [auto.getNodeAutoInstrumentations(runtimeMetrics ? {} : { [RUNTIME]: { enabled: false } })];
}

/** Instrumentations see what is required by themselves, and ECMAScript modules by this hook of theirs, of which there can be one. */
function patchModules(): void {
  try {
    const inAuto = createRequire(createRequire(import.meta.url).resolve(AUTO));
    register(pathToFileURL(inAuto.resolve(HOOK)));
  } catch (error) {
    diag.warn(`otel-perf: ECMAScript modules are not instrumented: ${messageOf(error)}`);
  }
}

/** Those of the machine and the process, once per process. The global MeterProvider must be set. */
export async function startHostMetrics({ hostMetrics }: InstrumentationSettings, problems: Problems): Promise<void> {
  if (!hostMetrics || !isMainThread) return;
  const host = await loadPeer(HOST, () => import('@opentelemetry/host-metrics'), 'No host metrics', problems);
  try {
    if (host !== undefined) new host.HostMetrics({ meterProvider: metrics.getMeterProvider(), metricGroups: HOST_GROUPS }).start();
  } catch (error) {
    problems.tell('missing-package', `No host metrics: ${messageOf(error)}`);
  }
}
