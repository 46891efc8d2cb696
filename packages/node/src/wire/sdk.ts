import type { IMetricReader, ViewOptions } from '@opentelemetry/sdk-metrics';
import type { NodeSDK, NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import type { Resource, ResourceDetector } from '@opentelemetry/resources';
import type { OtelPerfOptions } from '../options/options.ts';
import type { Environment } from '../options/environment.ts';
import { messageOf, type Problems } from '../problems.ts';
import type { Instrumentations } from './instrumentations.ts';
import { AUTO, isPreloaded, loadPeer } from './peers.ts';

interface Parts {
  /** None where NodeSDK is to have no MeterProvider. */
  readonly readers: IMetricReader[];
  readonly views: ViewOptions[] | undefined;
  readonly instrumentations: Instrumentations;
  readonly detectors: ResourceDetector[];
  /** To which that of the detectors is added. Default that of `sdk`. */
  readonly resource?: Resource;
  /** Whether something will pass on what it knows in the context. */
  readonly needContext: boolean;
  readonly sdk: OtelPerfOptions['sdk'];
}

/** NodeSDK, started; `undefined` where it cannot be. */
export async function startSdk(parts: Parts, environment: Environment, problems: Problems): Promise<NodeSDK | undefined> {
  const name = '@opentelemetry/sdk-node';
  const without = parts.readers.length === 0 ? 'o traces, logs and context' : 'o metrics leave the process';
  const module = await loadPeer(name, () => import('@opentelemetry/sdk-node'), `N${without}`, problems);
  if (module === undefined) return undefined;
  try {
    const create = () => new module.NodeSDK(configurationOf(parts, environment));
    return wantsLogs(parts, environment) ? started(create) : startedWithoutLogs(create);
  } catch (error) {
    problems.tell('sdk-failed', `NodeSDK could not be started, so n${without}: ${messageOf(error)}`);
    return undefined;
  }
}

/** What nobody asked for is left to whoever sets it up, as each of them can be registered once in a process. */
function configurationOf(parts: Parts, environment: Environment): Partial<NodeSDKConfiguration> {
  const { sdk, readers, views, instrumentations, detectors, resource } = parts;
  const traced = asksFor('OTEL_TRACES_EXPORTER', environment) || (sdk?.spanProcessors ?? sdk?.traceExporter) !== undefined;
  // Instrumentations pass what they know on in the context, such as the route of a request.
  const inContext = traced || parts.needContext;
  return {
    ...(inContext ? {} : ({ contextManager: null, textMapPropagator: null } as object)),
    ...(traced ? {} : { spanProcessors: [] }),
    ...sdk,
    ...(resource === undefined ? {} : { resource }),
    metricReaders: readers,
    ...(views === undefined ? {} : { views }),
    instrumentations,
    resourceDetectors: detectors,
  };
}

/** Whether there is anything for NodeSDK to do beside metrics. */
export function hasMoreThanMetrics(sdk: OtelPerfOptions['sdk'], environment: Environment): boolean {
  return sdk !== undefined || asksFor('OTEL_TRACES_EXPORTER', environment) || asksFor('OTEL_LOGS_EXPORTER', environment);
}

function wantsLogs({ sdk }: Parts, environment: Environment): boolean {
  return asksFor('OTEL_LOGS_EXPORTER', environment) || sdk?.logRecordProcessors !== undefined;
}

/** Where auto-instrumentations are preloaded, what the variables ask for is their SDK's to give. */
function asksFor(exporter: string, environment: Environment): boolean {
  const names = environment.list(exporter);
  return names !== undefined && !names.includes('none') && !isPreloaded(AUTO);
}

function started(create: () => NodeSDK): NodeSDK {
  const sdk = create();
  sdk.start();
  return sdk;
}

/** NodeSDK has no option for it: an empty list of processors would still register a provider. Nothing else runs before the variable is back. */
function startedWithoutLogs(create: () => NodeSDK): NodeSDK {
  const before = process.env['OTEL_LOGS_EXPORTER'];
  process.env['OTEL_LOGS_EXPORTER'] = 'none';
  try {
    return started(create);
  } finally {
    if (before === undefined) delete process.env['OTEL_LOGS_EXPORTER'];
    else process.env['OTEL_LOGS_EXPORTER'] = before;
  }
}
