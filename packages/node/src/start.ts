import { isMainThread } from 'node:worker_threads';
import { diag } from '@opentelemetry/api';
import type { NodeSDK } from '@opentelemetry/sdk-node';
import type { CentralizedMetricsCollector, PerformanceMetricReader } from '@otel-perf/metrics';
import { checkOptions, exportTimes, resolveExit, resolvePrometheus, type Exit, type OtelPerfOptions } from './options/options.ts';
import { Environment } from './options/environment.ts';
import { messageOf, Problems, type Problem } from './problems.ts';
import { endWith, openReader } from './serve/create-reader.ts';
import type { ServedReader } from './serve/reader.ts';
import { apiGlobals } from './wire/globals.ts';
import { destinations, exportersTo } from './wire/exporters.ts';
import { instrumentationsFor, startHostMetrics, type Instrumentations } from './wire/instrumentations.ts';
import { detectors } from './wire/resource.ts';
import { tellOfLaterProviders } from './wire/later-providers.ts';
import { startSdk } from './wire/sdk.ts';
import { whatRuns } from './running.ts';

/** A started otel-perf. */
export interface OtelPerf {
  /** False where OTEL_SDK_DISABLED is true, another MeterProvider was there first, or NodeSDK is missing: `problems` say which. */
  readonly active: boolean;
  /** Snapshot, report and exports of everything in the process. Reads nothing while not `active`. */
  readonly reader: PerformanceMetricReader;
  readonly collector: CentralizedMetricsCollector;
  /** Where Prometheus scrapes, `undefined` without an endpoint. */
  readonly prometheusUrl: string | undefined;
  /** What it does without. Each was also told as a warning of the process. */
  readonly problems: readonly Problem[];
  /** Collects and delivers to all exporters. Never rejects. */
  flush(): Promise<void>;
  /** Delivers what there is, closes the endpoint, shuts NodeSDK down. For good: the global MeterProvider stays. Never rejects. */
  shutdown(): Promise<void>;
}

/**
 * Starts OpenTelemetry's NodeSDK with a `PerformanceMetricReader` as its one metric reader: Prometheus endpoint on 127.0.0.1:9464, OTLP push
 * every 15 s, host and runtime metrics, resource detection. Resolved once the endpoint listens. Call it before the service's other modules
 * are loaded, best by `node --import @otel-perf/node/register`: instrumentations patch what is loaded after them, and instruments made
 * before there is a MeterProvider never record.
 *
 * Whatever it cannot have it does without, and tells so in one line (`problems`). A second start gives the first one's handle.
 * @throws TypeError or RangeError (as a rejection) for an option that is unknown or out of its bounds, naming both.
 */
export async function startOtelPerf(options: OtelPerfOptions = {}): Promise<OtelPerf> {
  checkOptions(options);
  const running = whatRuns();
  if (running.started !== undefined) {
    const first = await getOtelPerf();
    // It failed for its options, which are not these.
    if (first === undefined) return startOtelPerf(options);
    if (Object.keys(options).length > 0) {
      new Problems().tell('already-started', 'otel-perf is started already: the options of the second start are ignored.');
    }
    return first;
  }
  const starting = start(options);
  running.started = starting;
  try {
    return await starting;
  } catch (error) {
    running.started = undefined;
    throw error;
  }
}

/**
 * The handle of the start that this process made, by `startOtelPerf` or `--import @otel-perf/node/register`; `undefined` before it, and where
 * it failed. Never rejects.
 */
export async function getOtelPerf(): Promise<OtelPerf | undefined> {
  return whatRuns().started?.catch(() => undefined);
}

async function start(options: OtelPerfOptions): Promise<OtelPerf> {
  const problems = new Problems();
  const environment = new Environment(process.env, problems);
  environment.checkNames();
  const to = destinations(options, environment);
  const exit = resolveExit(options, environment);
  // The port is the main thread's; a worker thread that is to have an endpoint says so in its options.
  const served = to.prometheus && (isMainThread || typeof options.prometheus === 'object');
  const endpoint = served ? resolvePrometheus(options.prometheus || true, environment) : undefined;
  const allowed = mayStart(environment, problems);
  const pushed = allowed ? await exportersTo(to, exit.flush?.timeoutMillis, environment, problems) : [];
  const exporters = allowed ? [...pushed, ...(options.exporters ?? [])] : [];
  const times = exportTimes(options.reader ?? {}, exit, environment);
  const reader = openReader({ ...options.reader, ...times, exporters }, allowed ? endpoint : undefined, problems);
  const sdk = allowed ? await wiredOrClosed(reader, options, environment, problems) : undefined;
  await reader.endpoint?.ready;
  return handle(reader, sdk, problems, exit);
}

/** An endpoint without metrics behind it is of no use, and would keep its port from the next start. */
async function wiredOrClosed(...args: Parameters<typeof wire>): Promise<NodeSDK | undefined> {
  let sdk: NodeSDK | undefined;
  try {
    sdk = await wire(...args);
    return sdk;
  } finally {
    if (sdk === undefined) await args[0].endpoint?.close();
  }
}

function mayStart(environment: Environment, problems: Problems): boolean {
  if (environment.flag('OTEL_SDK_DISABLED') === true) return false;
  if (apiGlobals()?.metrics === undefined) return true;
  const first = 'Load otel-perf first (node --import @otel-perf/node/register; what --require loads comes before every --import)';
  const remedy = `${first}, or put createPerformanceReader() into its metricReaders`;
  problems.tell('provider-exists', `A MeterProvider is set already, so otel-perf sees nothing of this process. ${remedy}.`);
  return false;
}

async function wire(
  reader: ServedReader,
  options: OtelPerfOptions,
  environment: Environment,
  problems: Problems,
): Promise<NodeSDK | undefined> {
  const settings = {
    instrumentations: chosenInstrumentations(environment.oneOf('OTEL_PERF_INSTRUMENTATIONS', ['auto', 'none']), options),
    runtimeMetrics: environment.flag('OTEL_PERF_RUNTIME_METRICS') ?? options.runtimeMetrics ?? true,
    hostMetrics: environment.flag('OTEL_PERF_HOST_METRICS') ?? options.hostMetrics ?? true,
  };
  const { serviceName, resourceAttributes, metricReaders = [], views } = options;
  const named = serviceName === undefined ? {} : { 'service.name': serviceName };
  const parts = {
    readers: [reader, ...metricReaders],
    views,
    instrumentations: await instrumentationsFor(settings, problems),
    needContext: settings.instrumentations.length > 0,
    detectors: await detectors({ ...resourceAttributes, ...named }, environment, problems),
    sdk: options.sdk,
  };
  const sdk = await startSdk(parts, environment, problems);
  if (sdk === undefined) return undefined;
  tellOfLaterProviders(problems);
  await startHostMetrics(settings, problems);
  return sdk;
}

function chosenInstrumentations(word: 'auto' | 'none' | undefined, options: OtelPerfOptions): 'auto' | Instrumentations {
  if (word !== undefined) return word === 'auto' ? word : [];
  return options.instrumentations ?? [];
}

function handle(reader: ServedReader, sdk: NodeSDK | undefined, problems: Problems, exit: Exit): OtelPerf {
  const flush = async (): Promise<void> => {
    if (sdk !== undefined) await quietly(reader.forceFlush());
  };
  let stop: Promise<void> | undefined;
  const shutdown = (): Promise<void> => {
    leave();
    stop ??= sdk === undefined ? quietly(reader.endpoint?.close()) : quietly(sdk.shutdown());
    return stop;
  };
  const leave = endWith(reader, exit, shutdown);
  return {
    active: sdk !== undefined,
    reader,
    collector: reader.collector,
    get prometheusUrl() {
      return reader.prometheusUrl;
    },
    get problems() {
      return problems.all;
    },
    flush,
    shutdown,
  };
}

/** What goes wrong in ending is told to `diag`: the service has other things to do. */
async function quietly(ending: Promise<unknown> | undefined): Promise<void> {
  try {
    await ending;
  } catch (error) {
    diag.error(`otel-perf: ${messageOf(error)}`);
  }
}
