import type { PerformanceMetricReader, ReaderStatus } from '@otel-perf/metrics';
import type { CollectionResult } from '@opentelemetry/sdk-metrics';
import type { ServedReader } from '../serve/reader.ts';
import type { OtelPerf } from '../start.ts';

export interface ExaminedReader {
  readonly reader: PerformanceMetricReader;
  /** Without the collections of the doctor; with its exports. */
  readonly status: ReaderStatus;
  /** Whether it reads the provider to which its collector records. */
  readonly readsItsCollector: boolean;
  /** What it read, as `scope\0instrument`. */
  readonly instruments: ReadonlySet<string>;
  readonly dataPoints: number;
  /** Of callbacks and producers that failed or took too long. */
  readonly errors: readonly string[];
  /** Whether it is the one of `startOtelPerf` or `--import`. */
  readonly isStarts: boolean;
  readonly hasEndpoint: boolean;
  /** Where Prometheus scrapes it; `undefined` also where its endpoint could not be opened. */
  readonly url: string | undefined;
  /** Which its endpoint wants. */
  readonly token: string | undefined;
}

const PROBE = 'otel_perf.doctor';
/** Collections that were made here. */
const own = new WeakMap<PerformanceMetricReader, number>();

/** Collects, and has exporters export that did not yet or failed at last: they may have recovered. Never rejects. */
export async function examine(reader: PerformanceMetricReader, started: OtelPerf | undefined): Promise<ExaminedReader> {
  const { status } = reader;
  const collections = status.collections - (own.get(reader) ?? 0);
  const { endpoint } = reader as Partial<ServedReader>;
  // It listens a little later than it is made.
  await endpoint?.ready;
  const known = {
    reader,
    isStarts: started?.reader === reader,
    hasEndpoint: endpoint !== undefined,
    url: endpoint?.url,
    token: endpoint?.bearerToken,
  };
  if (!status.attached || status.isShutDown) {
    return { ...known, status, readsItsCollector: false, instruments: new Set(), dataPoints: 0, errors: [] };
  }
  const { result, probed } = await collectProbing(reader);
  if (status.exporters.some(({ succeeded, failed, error }) => succeeded + failed === 0 || error !== undefined)) {
    await reader.forceFlush().then(
      () => noteCollection(reader),
      () => {},
    );
  }
  const metrics = result?.resourceMetrics.scopeMetrics.flatMap(({ scope, metrics: all }) => all.map((metric) => ({ scope, metric }))) ?? [];
  return {
    ...known,
    status: { ...status, collections, exporters: reader.status.exporters },
    readsItsCollector: probed,
    instruments: new Set(metrics.map(({ scope, metric }) => `${scope.name}\0${metric.descriptor.name}`)),
    dataPoints: metrics.reduce((sum, { metric }) => sum + metric.dataPoints.length, 0),
    errors: result?.errors.map(messageOf) ?? [],
  };
}

/** Counts a collection that the doctor has caused. */
export function noteCollection(reader: PerformanceMetricReader): void {
  own.set(reader, (own.get(reader) ?? 0) + 1);
}

/** Collects while the collector's provider has a callback that observes nothing: it is called where the reader reads that provider. */
async function collectProbing(reader: PerformanceMetricReader): Promise<{ result: CollectionResult | undefined; probed: boolean }> {
  let probed = false;
  const callback = (): void => {
    probed = true;
  };
  try {
    const probe = reader.collector.selfMeter().createObservableGauge(PROBE);
    probe.addCallback(callback);
    try {
      const result = await reader.collect();
      noteCollection(reader);
      return { result, probed };
    } finally {
      probe.removeCallback(callback);
    }
  } catch {
    return { result: undefined, probed };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
