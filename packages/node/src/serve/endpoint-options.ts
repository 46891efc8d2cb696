import cluster from 'node:cluster';
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
  /**
   * What every request has to bring as `Authorization: Bearer …`, in visible ASCII characters; without `tls`, who is on the way reads it.
   * Default none: whoever reaches the port reads the metrics. OTEL_PERF_PROMETHEUS_TOKEN comes before it.
   */
  bearerToken?: string;
  /**
   * Serves HTTPS in place of HTTP. Default none. OTEL_PERF_PROMETHEUS_TLS_KEY and OTEL_PERF_PROMETHEUS_TLS_CERTIFICATE, two paths, come
   * before it. Where one of the files cannot be used there is no endpoint, rather than one without TLS.
   */
  tls?: EndpointTlsOptions;
  /** Requests that are being answered at once, which share what is rendered; further ones get 503. Default 10; from 1 to 1000. */
  maxScrapes?: number;
  /** After so many milliseconds a client that has not sent its request, or not taken its answer, is cut off. Default 30,000; from 1. */
  scrapeTimeoutMillis?: number;
}

export interface EndpointTlsOptions {
  /** Path of the private key, in PEM. */
  keyFile: string;
  /** Path of the certificate with its chain, in PEM. */
  certFile: string;
}

/** As the endpoint takes it. Can be posted to another thread. */
export interface EndpointSettings {
  readonly host: string;
  readonly port: number;
  /** The ports from `port` to here are tried in turn. */
  readonly lastPort: number;
  readonly path: string;
  readonly bearerToken: string | undefined;
  /** A file that was not named is ''. */
  readonly tls: Readonly<EndpointTlsOptions> | undefined;
  readonly maxScrapes: number;
  readonly scrapeTimeoutMillis: number;
  /** Whether the page is served beside the metrics. */
  readonly page: boolean;
  readonly text: PrometheusOptions;
}

/** Ports that a cluster worker tries beyond the first. */
const WORKER_PORTS = 64;
const LONGEST_TIMER = 2 ** 31 - 1;

const KNOWN = [
  'host',
  'port',
  'path',
  'bearerToken',
  'tls',
  'maxScrapes',
  'scrapeTimeoutMillis',
  'naming',
  'prefix',
  'appendTimestamp',
  'withResourceConstantLabels',
  'withoutTargetInfo',
  'withoutScopeInfo',
];

/** @throws TypeError or RangeError for an option that is out of its bounds. */
export function resolveEndpoint(options: PrometheusEndpointOptions, environment: Environment): Omit<EndpointSettings, 'page'> {
  checkKnown('prometheus', options, KNOWN);
  const {
    host = '127.0.0.1',
    port = 9464,
    path = '/metrics',
    bearerToken,
    tls,
    maxScrapes = 10,
    scrapeTimeoutMillis = 30_000,
    ...text
  } = options;
  const naming = environment.oneOf('OTEL_PERF_PROMETHEUS_NAMING', ['specification', 'official']);
  const first = environment.integer('OTEL_EXPORTER_PROMETHEUS_PORT', 0, 65_535) ?? checkInteger('prometheus.port', port, 0, 65_535);
  return {
    host: environment.text('OTEL_EXPORTER_PROMETHEUS_HOST') ?? checkText('prometheus.host', host),
    port: first,
    // An exclusive port is never shared between the workers of a cluster.
    lastPort: cluster.isWorker && first !== 0 ? Math.min(first + WORKER_PORTS, 65_535) : first,
    path: pathFrom(environment) ?? checkPath(path),
    bearerToken: environment.text('OTEL_PERF_PROMETHEUS_TOKEN') ?? checkToken(bearerToken),
    tls: resolveTls(tls, environment),
    maxScrapes: checkInteger('prometheus.maxScrapes', maxScrapes, 1, 1000),
    scrapeTimeoutMillis: checkInteger('prometheus.scrapeTimeoutMillis', scrapeTimeoutMillis, 1, LONGEST_TIMER),
    text: naming === undefined ? text : { ...text, naming },
  };
}

function checkToken(token: string | undefined): string | undefined {
  if (token === undefined || (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token))) return token;
  // It is a secret: errors are logged.
  throw new TypeError('prometheus.bearerToken must be a text of visible ASCII characters that is not empty');
}

function resolveTls(tls: EndpointTlsOptions | undefined, environment: Environment): EndpointTlsOptions | undefined {
  if (tls !== undefined) {
    checkKnown('prometheus.tls', tls, ['keyFile', 'certFile']);
    checkText('prometheus.tls.keyFile', tls.keyFile);
    checkText('prometheus.tls.certFile', tls.certFile);
  }
  const keyFile = environment.text('OTEL_PERF_PROMETHEUS_TLS_KEY') ?? tls?.keyFile;
  const certFile = environment.text('OTEL_PERF_PROMETHEUS_TLS_CERTIFICATE') ?? tls?.certFile;
  if (keyFile === undefined && certFile === undefined) return undefined;
  return { keyFile: keyFile ?? '', certFile: certFile ?? '' };
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
