import { diag } from '@opentelemetry/api';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { NodeSDK } from '@opentelemetry/sdk-node';
import type { CentralizedMetricsCollector, PerformanceMetricReader, PerformanceMetricReaderOptions } from '@otel-perf/metrics';
import { isOfOffThreadProcess, joinProcess } from './off-thread/join-process.ts';
import { startOffThread } from './off-thread/start-off-thread.ts';
import { checkOptions, type OtelPerfOptions } from './options/options.ts';
import type { Environment } from './options/environment.ts';
import { messageOf, Problems, type Problem } from './problems.ts';
import { endWith, openReader } from './serve/create-reader.ts';
import type { ServedReader } from './serve/reader.ts';
import { planStart, type Started, type StartPlan } from './start-plan.ts';
import { apiGlobals } from './wire/globals.ts';
import { exportersTo } from './wire/exporters.ts';
import { instrumentationsFor, startHostMetrics } from './wire/instrumentations.ts';
import { detectors, givenAttributes } from './wire/resource.ts';
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
 * before there is a MeterProvider never record. With `offThread` a worker thread serves and pushes, and NodeSDK is left with what is no metric.
 * With `page` a browser on this machine gets a live page at `/` of the endpoint.
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
  const plan = planStart(options);
  const { environment, problems } = plan;
  if (!mayStart(environment, problems))
    return handle({ reader: openReader(readerOptions(plan), undefined, problems), stop: undefined }, plan);
  return handle((await elsewhere(plan)) ?? (await startHere(plan)), plan);
}

function mayStart(environment: Environment, problems: Problems): boolean {
  if (environment.flag('OTEL_SDK_DISABLED') === true) return false;
  if (apiGlobals()?.metrics === undefined) return true;
  const first = 'Load otel-perf first (node --import @otel-perf/node/register; what --require loads comes before every --import)';
  const remedy = `${first}, or put createPerformanceReader() into its metricReaders`;
  problems.tell('provider-exists', `A MeterProvider is set already, so otel-perf sees nothing of this process. ${remedy}.`);
  return false;
}

/** Into memory that threads share, where that is wanted and can be. */
async function elsewhere(plan: StartPlan): Promise<Started | undefined> {
  if (plan.options.offThread !== false && isOfOffThreadProcess()) return joinProcess(plan);
  return plan.offThread && startOffThread(plan, plan.offThread);
}

/** By NodeSDK, with all in this thread. */
async function startHere(plan: StartPlan): Promise<Started> {
  const { options, environment, problems, to, exit, endpoint } = plan;
  const pushed = await exportersTo(to, exit.flush?.timeoutMillis, environment, problems);
  const reader = openReader(readerOptions(plan, [...pushed, ...(options.exporters ?? [])]), endpoint, problems);
  const sdk = await wiredOrClosed(reader, plan);
  await reader.endpoint?.ready;
  return { reader, stop: sdk && (() => sdk.shutdown()) };
}

function readerOptions({ options, times }: StartPlan, exporters: readonly PushMetricExporter[] = []): PerformanceMetricReaderOptions {
  return { ...options.reader, ...times, exporters };
}

/** An endpoint without metrics behind it is of no use, and would keep its port from the next start. */
async function wiredOrClosed(reader: ServedReader, plan: StartPlan): Promise<NodeSDK | undefined> {
  let sdk: NodeSDK | undefined;
  try {
    sdk = await wire(reader, plan);
    return sdk;
  } finally {
    if (sdk === undefined) await reader.endpoint?.close();
  }
}

async function wire(reader: ServedReader, { options, environment, problems, instrumentations }: StartPlan): Promise<NodeSDK | undefined> {
  const { serviceName, resourceAttributes, metricReaders = [], views } = options;
  const parts = {
    readers: [reader, ...metricReaders],
    views,
    instrumentations: await instrumentationsFor(instrumentations, problems),
    needContext: instrumentations.instrumentations.length > 0,
    detectors: await detectors(givenAttributes(serviceName, resourceAttributes), environment, problems),
    sdk: options.sdk,
  };
  const sdk = await startSdk(parts, environment, problems);
  if (sdk === undefined) return undefined;
  tellOfLaterProviders(problems);
  await startHostMetrics(instrumentations, problems);
  return sdk;
}

function handle({ reader, stop, flushNow }: Started, { problems, exit }: StartPlan): OtelPerf {
  const flush = async (): Promise<void> => {
    if (stop !== undefined) await quietly(reader.forceFlush());
  };
  let stopped: Promise<void> | undefined;
  const shutdown = (): Promise<void> => {
    leave();
    stopped ??= quietly(stop?.());
    return stopped;
  };
  const leave = endWith(reader, exit, shutdown, flushNow);
  return {
    active: stop !== undefined,
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
