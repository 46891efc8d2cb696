import type { Attributes } from '@opentelemetry/api';
import type { PushMetricExporter, ViewOptions } from '@opentelemetry/sdk-metrics';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import type { PerformanceMetricReaderOptions } from '@otel-perf/metrics';
import type { FlushOnExitOptions } from '../lifecycle/flush-on-exit.ts';
import type { OffThreadOptions } from '../off-thread/off-thread-options.ts';
import { resolveEndpoint, type EndpointSettings, type PrometheusEndpointOptions } from '../serve/endpoint-options.ts';
import type { Instrumentations } from '../wire/instrumentations.ts';
import type { Problems } from '../problems.ts';
import { resolvePage, type PageHost } from '../serve/page/resolve-page.ts';
import { checkFlag, checkInteger, checkKnown, checkSignals, checkText } from './check.ts';
import { Environment } from './environment.ts';

const LONGEST_TIMER = 2 ** 31 - 1;

/** What the reader and all that hangs on it takes. */
export interface ReaderOptions extends PerformanceMetricReaderOptions {
  /** The endpoint that Prometheus scrapes, with its options. */
  prometheus?: boolean | PrometheusEndpointOptions;
  /**
   * A page of the metrics for a browser, live, at `/` of the endpoint, and its data at `/picture.json`. For this machine alone: `host` of
   * `prometheus` must be a loopback one, as it is by default, and there must be no `bearerToken`. While it is open the metrics are collected
   * every two seconds, which takes the thread's time where there are thousands of series, unless they are off-thread. Default false.
   * OTEL_PERF_PAGE comes before it.
   */
  page?: boolean;
  /**
   * Flushes when SIGTERM or SIGINT comes and when nothing is left to do, see `FlushOnExitOptions`. Default false.
   * OTEL_PERF_FLUSH_ON_EXIT and OTEL_PERF_FLUSH_TIMEOUT (milliseconds) come before it.
   */
  flushOnExit?: boolean | FlushOnExitOptions;
  /**
   * Path of a file that gets the last report when the process ends, also by `process.exit` or an uncaught error: data in a `.json`, else as
   * text; `%p` becomes the process id. Default none. OTEL_PERF_EXIT_SNAPSHOT comes before it.
   */
  exitSnapshot?: string;
}

/** Everything is optional, and variables of the environment come before all of it. */
export interface OtelPerfOptions {
  /** Default the name in the nearest package.json above the main script. OTEL_SERVICE_NAME comes before it. */
  serviceName?: string;
  /** Of the resource. Those of OTEL_RESOURCE_ATTRIBUTES come before them. */
  resourceAttributes?: Attributes;
  /** Whether metrics are pushed, to where OTEL_EXPORTER_OTLP_* says. Default true. OTEL_METRICS_EXPORTER comes before it. */
  otlp?: boolean;
  /** Default true, with the defaults of `PrometheusEndpointOptions`. OTEL_METRICS_EXPORTER comes before it. */
  prometheus?: boolean | PrometheusEndpointOptions;
  page?: ReaderOptions['page'];
  /** Further ones, that get every collection. */
  exporters?: readonly PushMetricExporter[];
  /** Options of the reader. */
  reader?: Omit<PerformanceMetricReaderOptions, 'exporters'>;
  /** Further readers. Each makes the SDK do the work of every record once more: prefer `exporters`. */
  metricReaders?: NodeSDKConfiguration['metricReaders'];
  views?: ViewOptions[];
  /**
   * CPU and memory by `@opentelemetry/host-metrics`, whose `system.network` is left out: it starts a shell in every collection, for which the
   * event loop waits. Default true. OTEL_PERF_HOST_METRICS comes before it.
   */
  hostMetrics?: boolean;
  /**
   * Event loop, garbage collection and heap by `@opentelemetry/instrumentation-runtime-node`. Default true, false where
   * `@opentelemetry/auto-instrumentations-node` is preloaded, which has it. OTEL_PERF_RUNTIME_METRICS comes before it.
   */
  runtimeMetrics?: boolean;
  /**
   * `'auto'` for those of `@opentelemetry/auto-instrumentations-node`. Default none. OTEL_PERF_INSTRUMENTATIONS (auto or none)
   * comes before it.
   */
  instrumentations?: 'auto' | Instrumentations;
  flushOnExit?: ReaderOptions['flushOnExit'];
  exitSnapshot?: string;
  /**
   * Records into shared memory by `@otel-perf/meter-provider` in place of the SDK's MeterProvider, and has a worker thread serve and push
   * what all threads have recorded, also while this one is blocked. Worker threads of the service that start otel-perf too, as `--import`
   * has them do, record into the same memory, and serve and push nothing. `exporters`, `metricReaders` and the console stay in this thread;
   * of OTLP and the endpoint everything is the worker's. With `flushOnExit`, `process.exit` and uncaught errors wait for a push as well.
   * Default false. OTEL_PERF_OFF_THREAD comes before it.
   */
  offThread?: boolean | OffThreadOptions;
  /**
   * What else NodeSDK takes, for tracing and logs. Each of the two is set up where this has an option for it, or where OTEL_TRACES_EXPORTER
   * or OTEL_LOGS_EXPORTER is set, and context and propagation with tracing or with `instrumentations`; else they are left to others.
   */
  sdk?: Partial<Omit<NodeSDKConfiguration, 'metricReaders' | 'views' | 'instrumentations' | 'resourceDetectors' | 'serviceName'>>;
}

const KNOWN = [
  'serviceName',
  'resourceAttributes',
  'otlp',
  'prometheus',
  'page',
  'exporters',
  'reader',
  'metricReaders',
  'views',
  'hostMetrics',
  'runtimeMetrics',
  'instrumentations',
  'flushOnExit',
  'exitSnapshot',
  'offThread',
  'sdk',
];

/** @throws TypeError or RangeError for an option that is unknown or out of its bounds, naming both. */
export function checkOptions(options: OtelPerfOptions): void {
  checkKnown('startOtelPerf', options, KNOWN);
  for (const option of ['otlp', 'hostMetrics', 'runtimeMetrics'] as const) {
    if (options[option] !== undefined) checkFlag(option, options[option]);
  }
  if (options.serviceName !== undefined) checkText('serviceName', options.serviceName);
  const { instrumentations } = options;
  if (instrumentations !== undefined && instrumentations !== 'auto' && !Array.isArray(instrumentations)) {
    throw new TypeError(`instrumentations must be 'auto' or a list, not ${String(instrumentations)}`);
  }
}

export interface Exit {
  readonly flush: Required<FlushOnExitOptions> | undefined;
  readonly snapshot: string | undefined;
}

/** @throws TypeError or RangeError for an option that is out of its bounds. */
export function resolveExit(options: Pick<ReaderOptions, 'flushOnExit' | 'exitSnapshot'>, environment: Environment): Exit {
  const { flushOnExit = false, exitSnapshot } = options;
  const given = typeof flushOnExit === 'object' ? flushOnExit : {};
  checkKnown('flushOnExit', given, ['signals', 'timeoutMillis']);
  const { signals = ['SIGTERM', 'SIGINT'], timeoutMillis = 3000 } = given;
  const flush = {
    signals: checkSignals('flushOnExit.signals', signals),
    timeoutMillis:
      environment.integer('OTEL_PERF_FLUSH_TIMEOUT', 1, 60_000) ?? checkInteger('flushOnExit.timeoutMillis', timeoutMillis, 1, 60_000),
  };
  const wanted = environment.flag('OTEL_PERF_FLUSH_ON_EXIT') ?? (typeof flushOnExit === 'object' || checkFlag('flushOnExit', flushOnExit));
  if (exitSnapshot !== undefined) checkText('exitSnapshot', exitSnapshot);
  return { flush: wanted ? flush : undefined, snapshot: environment.text('OTEL_PERF_EXIT_SNAPSHOT') ?? exitSnapshot };
}

/**
 * @param isServed whether there is to be an endpoint, as the variables have it.
 * @throws TypeError or RangeError for an option that is out of its bounds.
 */
export function resolvePrometheus(
  { prometheus: option = true, page = false }: Pick<ReaderOptions, 'prometheus' | 'page'>,
  isServed: boolean,
  environment: Environment,
  problems: Problems,
): EndpointSettings | undefined {
  const given = typeof option === 'object' ? option : {};
  const endpoint = isServed ? resolveEndpoint(given, environment) : undefined;
  const byOptions = (): PageHost => (option === false ? undefined : resolveEndpoint(given, new Environment({}, problems)));
  const hasPage = resolvePage(page, endpoint, byOptions, environment, problems);
  return endpoint && { ...endpoint, page: hasPage };
}

/** As the specification has it, and the reader too. */
const EXPORT_TIMEOUT_MILLIS = 10_000;

/** What the standard variables say of exporting. Where the end is to wait for a flush, no export takes longer than that. */
export function exportTimes(
  given: Pick<PerformanceMetricReaderOptions, 'exportTimeoutMillis'>,
  { flush }: Exit,
  environment: Environment,
): Pick<PerformanceMetricReaderOptions, 'exportIntervalMillis' | 'exportTimeoutMillis'> {
  const interval = environment.integer('OTEL_METRIC_EXPORT_INTERVAL', 1, LONGEST_TIMER);
  const chosen = environment.integer('OTEL_METRIC_EXPORT_TIMEOUT', 1, LONGEST_TIMER) ?? given.exportTimeoutMillis;
  const timeout = flush === undefined ? chosen : Math.min(chosen ?? EXPORT_TIMEOUT_MILLIS, flush.timeoutMillis);
  return {
    ...(interval === undefined ? {} : { exportIntervalMillis: interval }),
    ...(timeout === undefined ? {} : { exportTimeoutMillis: timeout }),
  };
}
