import type { PrometheusOptions } from '@otel-perf/metrics';
import { checkInteger, checkKnown, checkText } from '../options/check.ts';
import type { Environment } from '../options/environment.ts';

export interface PrometheusEndpointOptions extends PrometheusOptions {
  /**
   * Where it listens. Default `127.0.0.1`: nobody but this machine reads the metrics. `0.0.0.0` or `::` opens it to all, as in a container.
   * OTEL_EXPORTER_PROMETHEUS_HOST comes before it.
   */
  host?: string;
  /**
   * From 0 (any free one) to 65535. Default 9464. OTEL_EXPORTER_PROMETHEUS_PORT comes before it. A worker of `node:cluster` takes the first
   * free one from here on, at most 64 further, since a port that workers share gives each scrape to another process.
   */
  port?: number;
  /** Default `/metrics`. OTEL_PERF_PROMETHEUS_PATH comes before it. */
  path?: string;
}

export interface EndpointSettings {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly text: PrometheusOptions;
}

const KNOWN = [
  'host',
  'port',
  'path',
  'naming',
  'prefix',
  'appendTimestamp',
  'withResourceConstantLabels',
  'withoutTargetInfo',
  'withoutScopeInfo',
];

/** @throws TypeError or RangeError for an option that is out of its bounds. */
export function resolveEndpoint(options: PrometheusEndpointOptions, environment: Environment): EndpointSettings {
  checkKnown('prometheus', options, KNOWN);
  const { host = '127.0.0.1', port = 9464, path = '/metrics', ...text } = options;
  const naming = environment.oneOf('OTEL_PERF_PROMETHEUS_NAMING', ['specification', 'official']);
  return {
    host: environment.text('OTEL_EXPORTER_PROMETHEUS_HOST') ?? checkText('prometheus.host', host),
    port: environment.integer('OTEL_EXPORTER_PROMETHEUS_PORT', 0, 65_535) ?? checkInteger('prometheus.port', port, 0, 65_535),
    path: pathFrom(environment) ?? checkPath(path),
    text: naming === undefined ? text : { ...text, naming },
  };
}

function pathFrom(environment: Environment): string | undefined {
  const path = environment.text('OTEL_PERF_PROMETHEUS_PATH');
  if (path === undefined || isPath(path)) return path;
  environment.refuse('OTEL_PERF_PROMETHEUS_PATH', 'a path such as /metrics');
  return undefined;
}

function checkPath(path: string): string {
  if (isPath(path)) return path;
  throw new TypeError(`prometheus.path must begin with / and have neither ? nor #, not ${JSON.stringify(path)}`);
}

function isPath(path: unknown): path is string {
  return typeof path === 'string' && /^\/[^?#\s]*$/.test(path);
}
