import type { PerformanceMetricReader, PerformanceMetricReaderOptions } from '@otel-perf/metrics';
import { flushAtExit } from '../lifecycle/flush-at-exit.ts';
import { flushOnExit } from '../lifecycle/flush-on-exit.ts';
import { writeOnExit } from '../lifecycle/exit-snapshot.ts';
import { Environment } from '../options/environment.ts';
import { exportTimes, resolveExit, resolvePrometheus, type Exit, type ReaderOptions } from '../options/options.ts';
import { Problems } from '../problems.ts';
import { tellFirstFailure } from '../wire/exporters.ts';
import type { EndpointSettings } from './endpoint-options.ts';
import { ServedReader } from './reader.ts';

/** A reader with what may hang on it. */
export type PerformanceReader = PerformanceMetricReader & { readonly prometheusUrl: string | undefined };

/**
 * A reader for the `metricReaders` of a service's own NodeSDK, or the `readers` of its MeterProvider. Hand it the exporters that the service
 * has (`exporters`) rather than having a second reader beside it. Without options it serves and pushes nothing: snapshot, report and
 * exports are there.
 *
 * `prometheus` opens the endpoint at once; it closes with the reader. OTEL_METRIC_EXPORT_INTERVAL, OTEL_METRIC_EXPORT_TIMEOUT and the
 * variables that `ReaderOptions` names come before the options.
 * @throws TypeError or RangeError for an option that is out of its bounds, naming both.
 */
export function createPerformanceReader(options: ReaderOptions = {}): PerformanceReader {
  const problems = new Problems();
  const environment = new Environment(process.env, problems);
  const { prometheus = false, page, flushOnExit: flush, exitSnapshot, ...reader } = options;
  const exit = resolveExit({ flushOnExit: flush, exitSnapshot }, environment);
  const times = exportTimes(reader, exit, environment);
  const hasEndpoint = prometheus !== false;
  // OTEL_PERF_PAGE is for who has an endpoint.
  const isAsked = hasEndpoint || page !== undefined;
  const endpoint = isAsked ? resolvePrometheus({ prometheus, page: page ?? false }, hasEndpoint, environment, problems) : undefined;
  const served = openReader({ ...reader, ...times }, endpoint, problems);
  served.onceShutDown(endWith(served, exit, () => served.forceFlush()));
  return served;
}

export function openReader(
  options: PerformanceMetricReaderOptions,
  endpoint: EndpointSettings | undefined,
  problems: Problems,
): ServedReader {
  return new ServedReader(tellingFailures(options, problems), endpoint, problems);
}

/** Options with which a reader tells of the first export that fails, too. */
export function tellingFailures(options: PerformanceMetricReaderOptions, problems: Problems): PerformanceMetricReaderOptions {
  const tell = tellFirstFailure(problems);
  const { onExportError } = options;
  return {
    ...options,
    onExportError: (exporter, error) => {
      tell(exporter, error);
      onExportError?.(exporter, error);
    },
  };
}

/**
 * Does at the end of the process what was asked for. @returns what takes the flush back; the snapshot stays.
 * @param flushNow as `Started` has it.
 */
export function endWith(
  reader: PerformanceMetricReader,
  exit: Exit,
  shutdown: () => Promise<unknown>,
  flushNow?: (millis: number) => void,
): () => void {
  const lastWords = exit.snapshot === undefined ? () => {} : writeOnExit(exit.snapshot, () => reader.reportNow());
  if (exit.flush === undefined) return () => {};
  const { timeoutMillis } = exit.flush;
  const flush = async (): Promise<boolean> => {
    await reader.forceFlush();
    return reader.status.exporters.every(({ error }) => error === undefined);
  };
  const leave = flushOnExit({ flush, shutdown, lastWords }, exit.flush);
  const leaveExit = flushNow === undefined ? () => {} : flushAtExit(() => flushNow(timeoutMillis));
  return () => {
    leave();
    leaveExit();
  };
}
