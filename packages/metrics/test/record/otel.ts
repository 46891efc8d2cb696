import type { DiagLogger } from '@opentelemetry/api';
import { diag } from '@opentelemetry/api';
import { MeterProvider, MetricReader, type DataPoint, type MetricData, type MetricReaderOptions } from '@opentelemetry/sdk-metrics';

class PlainReader extends MetricReader {
  protected override onShutdown = () => Promise.resolve();
  protected override onForceFlush = () => Promise.resolve();
}

/** A real MeterProvider, and what it has collected so far by scope and name. */
export function meterProvider(options?: MetricReaderOptions) {
  const reader = new PlainReader(options);
  const provider = new MeterProvider({ readers: [reader] });
  const collect = async (scope: string): Promise<MetricData[]> => {
    const { resourceMetrics } = await reader.collect();
    return resourceMetrics.scopeMetrics.find((each) => each.scope.name === scope)?.metrics ?? [];
  };
  const points = async (scope: string, name: string): Promise<DataPoint<unknown>[]> =>
    (await collect(scope)).find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
  return { provider, collect, points };
}

/** Catches what is logged through `diag` until `diag.disable()`. */
export function catchDiag(): string[] {
  const lines: string[] = [];
  const log = (message: string) => void lines.push(message);
  const logger: DiagLogger = { error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} };
  diag.setLogger(logger, { suppressOverrideMessage: true });
  return lines;
}
