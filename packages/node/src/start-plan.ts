import { isMainThread } from 'node:worker_threads';
import type { PerformanceMetricReader, PerformanceMetricReaderOptions } from '@otel-perf/metrics';
import { resolveOffThread, type OffThreadSettings } from './off-thread/off-thread-options.ts';
import { Environment } from './options/environment.ts';
import { exportTimes, resolveExit, resolvePrometheus, type Exit, type OtelPerfOptions } from './options/options.ts';
import { Problems } from './problems.ts';
import type { EndpointSettings } from './serve/endpoint-options.ts';
import { destinations, type Destinations } from './wire/exporters.ts';
import type { InstrumentationSettings, Instrumentations } from './wire/instrumentations.ts';

/** What a start is to do: variables and options weighed up. */
export interface StartPlan {
  readonly options: OtelPerfOptions;
  readonly problems: Problems;
  readonly environment: Environment;
  readonly to: Destinations;
  readonly exit: Exit;
  /** `undefined` where nothing is served. */
  readonly endpoint: EndpointSettings | undefined;
  readonly times: Pick<PerformanceMetricReaderOptions, 'exportIntervalMillis' | 'exportTimeoutMillis'>;
  /** `undefined` where all is done in this thread. */
  readonly offThread: OffThreadSettings | undefined;
  readonly instrumentations: InstrumentationSettings;
}

/** What a start came to. */
export interface Started {
  readonly reader: PerformanceMetricReader & { readonly prometheusUrl: string | undefined };
  /** Delivers what there is and ends everything; `undefined` where nothing is collected. */
  readonly stop: (() => Promise<unknown>) | undefined;
  /** Delivers while the thread waits, no longer than so many milliseconds, where that can be done. */
  readonly flushNow?: ((millis: number) => void) | undefined;
}

/** @throws TypeError or RangeError for an option that is out of its bounds. */
export function planStart(options: OtelPerfOptions): StartPlan {
  const problems = new Problems();
  const environment = new Environment(process.env, problems);
  environment.checkNames();
  const to = destinations(options, environment);
  const exit = resolveExit(options, environment);
  // The port is the main thread's; a worker thread that is to have an endpoint says so in its options.
  const mayServe = isMainThread || typeof options.prometheus === 'object';
  return {
    options,
    problems,
    environment,
    to,
    exit,
    endpoint: mayServe ? resolvePrometheus(options, to.prometheus, environment, problems) : undefined,
    times: exportTimes(options.reader ?? {}, exit, environment),
    offThread: resolveOffThread(options.offThread ?? false, environment),
    instrumentations: {
      instrumentations: chosenInstrumentations(environment.oneOf('OTEL_PERF_INSTRUMENTATIONS', ['auto', 'none']), options),
      runtimeMetrics: environment.flag('OTEL_PERF_RUNTIME_METRICS') ?? options.runtimeMetrics ?? true,
      hostMetrics: environment.flag('OTEL_PERF_HOST_METRICS') ?? options.hostMetrics ?? true,
    },
  };
}

function chosenInstrumentations(word: 'auto' | 'none' | undefined, options: OtelPerfOptions): 'auto' | Instrumentations {
  if (word !== undefined) return word === 'auto' ? word : [];
  return options.instrumentations ?? [];
}
