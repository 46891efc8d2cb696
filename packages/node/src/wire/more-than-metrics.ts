import { metrics } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { NodeSDK } from '@opentelemetry/sdk-node';
import type { StartPlan } from '../start-plan.ts';
import { messageOf, type Problems } from '../problems.ts';
import { instrumentationsFor, startHostMetrics, type Instrumentations, type InstrumentationSettings } from './instrumentations.ts';
import { logAsAsked } from './log-level.ts';
import { hasMoreThanMetrics, startSdk } from './sdk.ts';

/**
 * What there is beside a MeterProvider that is registered already: instrumentations, metrics of the machine, and where somebody asks for
 * more, tracing, logs and context by a NodeSDK without metrics. @returns that NodeSDK.
 */
export async function wireMoreThanMetrics(
  { options, environment, problems }: StartPlan,
  settings: InstrumentationSettings,
  resource: Resource,
): Promise<NodeSDK | undefined> {
  const needContext = settings.instrumentations.length > 0;
  const instrumentations = await instrumentationsFor(settings, problems);
  const parts = { readers: [], views: undefined, instrumentations, needContext, detectors: [], resource, sdk: options.sdk };
  const isWanted = needContext || hasMoreThanMetrics(options.sdk, environment);
  const sdk = isWanted ? await startSdk(parts, environment, problems) : undefined;
  if (sdk === undefined) {
    logAsAsked(environment);
    connect(instrumentations, problems);
  }
  await startHostMetrics(settings, problems);
  return sdk;
}

function connect(instrumentations: Instrumentations, problems: Problems): void {
  for (const each of instrumentations.flat()) {
    try {
      each.setMeterProvider(metrics.getMeterProvider());
    } catch (error) {
      // What is no instrumentation costs itself alone.
      problems.tell('sdk-failed', `An instrumentation has no metrics: ${messageOf(error)}`);
    }
  }
}
