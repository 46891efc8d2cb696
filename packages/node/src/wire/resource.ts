import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import type { Attributes } from '@opentelemetry/api';
import type { Resource, ResourceDetector } from '@opentelemetry/resources';
import { within } from '../lifecycle/within.ts';
import type { Environment } from '../options/environment.ts';
import type { OtelPerfOptions } from '../options/options.ts';
import type { Problems } from '../problems.ts';
import { loadPeer } from './peers.ts';

const INSTANCE_ID = 'service.instance.id';

/**
 * What says where the metrics come from, the later before the earlier: the nearest package.json above the main script (service.name and
 * service.version), a random service.instance.id, process, host and operating system as OTEL_NODE_RESOURCE_DETECTORS says, `attributes` of
 * the caller, OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME.
 *
 * Cluster workers and worker threads inherit the variables of their parent, and run its code. An instance id that comes from there is made
 * distinct (`…/worker-2`, `…/thread-1`), as the series of two instances of one name overwrite each other.
 */
export async function detectors(attributes: Attributes, environment: Environment, problems: Problems): Promise<ResourceDetector[]> {
  const named = constant(packageAttributes());
  const given = constant(attributes);
  const name = '@opentelemetry/resources';
  const resources = await loadPeer(name, () => import('@opentelemetry/resources'), 'No resource detection', problems);
  if (resources === undefined) return [named, given];
  const { serviceInstanceIdDetector, processDetector, hostDetector, osDetector, envDetector } = resources;
  const known: Record<string, ResourceDetector> = { process: withoutArguments(processDetector), host: hostDetector, os: osDetector };
  const chosen = chosenDetectors(Object.keys(known), environment).map((word) => known[word]!);
  const distinct = constant(distinctInstance([envDetector, given]));
  return [named, serviceInstanceIdDetector, ...chosen, given, envDetector, distinct];
}

/** What detectors find out in time where the others may still be at it: some ask the system. */
const DETECTION_MILLIS = 5000;

/**
 * The resource of the process as NodeSDK would have it, with all attributes that there are, for who cannot wait for more later. `undefined`
 * where the package is missing.
 */
export async function resourceOf(options: OtelPerfOptions, environment: Environment, problems: Problems): Promise<Resource | undefined> {
  const { serviceName, resourceAttributes, sdk } = options;
  const name = '@opentelemetry/resources';
  const resources = await loadPeer(name, () => import('@opentelemetry/resources'), 'No resource', problems);
  if (resources === undefined) return undefined;
  const base = sdk?.resource ?? resources.defaultResource();
  const found = await detectors(givenAttributes(serviceName, resourceAttributes), environment, problems);
  const resource = sdk?.autoDetectResources === false ? base : base.merge(resources.detectResources({ detectors: found }));
  await within(DETECTION_MILLIS, Promise.resolve(resource.waitForAsyncAttributes?.()));
  return resources.resourceFromAttributes(resource.attributes);
}

/** What the options say of the resource. */
export function givenAttributes(serviceName: string | undefined, attributes: Attributes | undefined): Attributes {
  return { ...attributes, ...(serviceName === undefined ? {} : { 'service.name': serviceName }) };
}

/** Arguments may be secrets, and the endpoint tells everybody who may scrape it. */
function withoutArguments(detector: ResourceDetector): ResourceDetector {
  return {
    detect(config) {
      const { attributes, ...rest } = detector.detect(config);
      const { 'process.command_args': _args, 'process.command_line': _line, ...others } = attributes ?? {};
      return { attributes: others, ...rest };
    },
  };
}

function constant(attributes: Attributes): ResourceDetector {
  return { detect: () => ({ attributes }) };
}

/** `env` and `serviceinstance` are always on: without them instances cannot be told apart. */
function chosenDetectors(known: readonly string[], environment: Environment): readonly string[] {
  const name = 'OTEL_NODE_RESOURCE_DETECTORS';
  if (environment.text(name) === undefined) return known;
  const words = environment.list(name, ['all', 'none', 'env', ...known, 'serviceinstance']) ?? [];
  return words.includes('all') ? known : known.filter((word) => words.includes(word));
}

/** An id that is the same in all processes of a cluster, told apart by worker and thread. */
function distinctInstance(sources: readonly ResourceDetector[]): Attributes {
  const given = sources.map((each) => each.detect().attributes?.[INSTANCE_ID]).find((id) => id !== undefined);
  if (typeof given !== 'string') return {};
  const worker = cluster.worker === undefined ? '' : `/worker-${cluster.worker.id}`;
  const thread = isMainThread ? '' : `/thread-${threadId}`;
  return worker === '' && thread === '' ? {} : { [INSTANCE_ID]: `${given}${worker}${thread}` };
}

function packageAttributes(): Attributes {
  const script = process.argv[1];
  if (script === undefined) return {};
  for (let folder = dirname(script); ; folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
      if (typeof name === 'string' && name !== '') {
        return { 'service.name': name, ...(typeof version === 'string' ? { 'service.version': version } : {}) };
      }
    } catch {
      // No package.json here, or none that can be read: the folder above may have one.
    }
    if (folder === dirname(folder)) return {};
  }
}
