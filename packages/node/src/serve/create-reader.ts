import type { PerformanceMetricReader, PerformanceMetricReaderOptions } from '@otel-perf/metrics';
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
  const { prometheus = false, flushOnExit: flush, exitSnapshot, ...reader } = options;
  const exit = resolveExit({ flushOnExit: flush, exitSnapshot }, environment);
  const times = exportTimes(reader, exit, environment);
  const served = openReader({ ...reader, ...times }, resolvePrometheus(prometheus, environment), problems);
  served.onceShutDown(endWith(served, exit, () => served.forceFlush()));
  return served;
}

export function openReader(
  options: PerformanceMetricReaderOptions,
  endpoint: EndpointSettings | undefined,
  problems: Problems,
): ServedReader {
  const tell = tellFirstFailure(problems);
  const { onExportError } = options;
  return new ServedReader(
    {
      ...options,
      onExportError: (exporter, error) => {
        tell(exporter, error);
        onExportError?.(exporter, error);
      },
    },
    endpoint,
    problems,
  );
}

/** Does at the end of the process what was asked for. @returns what takes the flush back; the snapshot stays. */
export function endWith(reader: ServedReader, exit: Exit, shutdown: () => Promise<unknown>): () => void {
  const lastWords = exit.snapshot === undefined ? () => {} : writeOnExit(exit.snapshot, () => reader.reportNow());
  if (exit.flush === undefined) return () => {};
  const flush = async (): Promise<boolean> => {
    await reader.forceFlush();
    return reader.status.exporters.every(({ error }) => error === undefined);
  };
  return flushOnExit({ flush, shutdown, lastWords }, exit.flush);
}
