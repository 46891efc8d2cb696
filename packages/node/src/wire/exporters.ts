import { ConsoleMetricExporter, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { Environment } from '../options/environment.ts';
import { messageOf, type Problems } from '../problems.ts';
import { loadPeer } from './peers.ts';

/** Where metrics go. */
export interface Destinations {
  readonly otlp: boolean;
  readonly prometheus: boolean;
  readonly console: boolean;
}

const NAMES = ['otlp', 'prometheus', 'console', 'none'];

/** OTEL_METRICS_EXPORTER decides where it is set; else the options, by default OTLP and the Prometheus endpoint. */
export function destinations(options: { otlp?: boolean; prometheus?: unknown }, environment: Environment): Destinations {
  const listed = environment.list('OTEL_METRICS_EXPORTER', NAMES);
  if (listed === undefined) {
    return { otlp: options.otlp !== false, prometheus: options.prometheus !== false, console: false };
  }
  const has = (name: string): boolean => listed.includes(name) && !listed.includes('none');
  return { otlp: has('otlp'), prometheus: has('prometheus'), console: has('console') };
}

/**
 * The exporters of the destinations, configured by OTEL_EXPORTER_OTLP_* as their documentation says.
 * @param mostMillis What an OTLP export and its retries may take at most: they keep the process alive.
 */
export async function exportersTo(
  { otlp, console }: Destinations,
  mostMillis: number | undefined,
  environment: Environment,
  problems: Problems,
): Promise<PushMetricExporter[]> {
  const pushed = otlp ? await otlpExporter(mostMillis, environment, problems) : undefined;
  return [...(pushed === undefined ? [] : [pushed]), ...(console ? [new ConsoleMetricExporter()] : [])];
}

const PROTOCOLS = ['http/protobuf', 'grpc', 'http/json'] as const;

async function otlpExporter(
  mostMillis: number | undefined,
  environment: Environment,
  problems: Problems,
): Promise<PushMetricExporter | undefined> {
  const protocol =
    environment.oneOf('OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', PROTOCOLS) ??
    environment.oneOf('OTEL_EXPORTER_OTLP_PROTOCOL', PROTOCOLS) ??
    'http/protobuf';
  const bad = protocol === 'grpc' ? undefined : badEndpoint(environment);
  if (bad !== undefined) {
    problems.tell('bad-exporter', `Metrics are not pushed: ${bad} is no URL such as http://collector:4318.`);
    return undefined;
  }
  const [name, load] = PACKAGES[protocol];
  const loaded = await loadPeer(name, load, 'Metrics are not pushed', problems);
  try {
    return (
      loaded &&
      new loaded.OTLPMetricExporter(mostMillis === undefined ? {} : { timeoutMillis: Math.min(mostMillis, timeoutFrom(environment)) })
    );
  } catch (error) {
    problems.tell('bad-exporter', `Metrics are not pushed: OTEL_EXPORTER_OTLP_*: ${messageOf(error)}`);
    return undefined;
  }
}

/** The variable that says where to push by HTTP, if it makes no sense. The exporter would push to this machine then. */
function badEndpoint(environment: Environment): string | undefined {
  const names = ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
  const name = names.find((each) => environment.text(each) !== undefined);
  const protocol = name && URL.parse(environment.text(name)!)?.protocol;
  return protocol === 'http:' || protocol === 'https:' ? undefined : name;
}

/** In milliseconds, with the default of the specification. */
function timeoutFrom(environment: Environment): number {
  const [most, least] = [2 ** 31 - 1, 1];
  return (
    environment.integer('OTEL_EXPORTER_OTLP_METRICS_TIMEOUT', least, most) ??
    environment.integer('OTEL_EXPORTER_OTLP_TIMEOUT', least, most) ??
    10_000
  );
}

interface OtlpPackage {
  readonly OTLPMetricExporter: new (options: { timeoutMillis?: number | undefined }) => PushMetricExporter;
}

const PACKAGES: Record<(typeof PROTOCOLS)[number], readonly [string, () => Promise<OtlpPackage>]> = {
  'http/protobuf': ['@opentelemetry/exporter-metrics-otlp-proto', () => import('@opentelemetry/exporter-metrics-otlp-proto')],
  'http/json': ['@opentelemetry/exporter-metrics-otlp-http', () => import('@opentelemetry/exporter-metrics-otlp-http')],
  grpc: ['@opentelemetry/exporter-metrics-otlp-grpc', () => import('@opentelemetry/exporter-metrics-otlp-grpc')],
};

/** The first failure of each exporter; further ones are counted in `otel_perf.export.errors` and told to `diag`. */
export function tellFirstFailure(problems: Problems): (exporter: string, error: unknown) => void {
  const told = new Set<string>();
  return (exporter, error) => {
    if (told.has(exporter)) return;
    told.add(exporter);
    const remedy =
      'Values are cumulative, so the next export that arrives has all of them. Without a Collector, set OTEL_METRICS_EXPORTER=prometheus';
    problems.tell('export-failed', `${exporter} could not deliver metrics: ${messageOf(error)}. ${remedy}.`);
  };
}
