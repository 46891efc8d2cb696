import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  InstrumentType,
  PeriodicExportingMetricReader,
  type IMetricReader,
  type MetricProducer,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { createProducer } from '@otel-perf/meter-provider';
import type { Environment } from '../options/environment.ts';
import type { Problems } from '../problems.ts';
import { exportersTo, tellFirstFailure } from '../wire/exporters.ts';
import { READER_INDEX, type PushSettings, type Report } from './protocol.ts';
import type { Recorded } from './recorded.ts';
import { ToldExporter } from './told-exporter.ts';

/**
 * Pushes what all threads have recorded by OTLP, to where the variables say. Where the exporter wants deltas and a worker has died, they go on
 * with what is recorded from now on: which of them had arrived nobody knows, and what is pushed twice counts twice. `undefined` where there
 * is no exporter, which is told.
 */
export async function openPush(
  { intervalMillis, timeoutMillis, mostMillis }: PushSettings,
  recorded: Recorded,
  environment: Environment,
  problems: Problems,
  post: (report: Report) => void,
): Promise<PeriodicExportingMetricReader | undefined> {
  const [exporter] = await exportersTo({ otlp: true, prometheus: false, console: false }, mostMillis, environment, problems);
  if (exporter === undefined) return undefined;
  const tellFailure = tellFirstFailure(problems);
  const exportTimeoutMillis = Math.min(timeoutMillis, intervalMillis);
  const told = new ToldExporter(exporter, exportTimeoutMillis, (status, error) => {
    post({ kind: 'exporter', status });
    if (error !== undefined) tellFailure(status.name, error);
  });
  const reader = new PeriodicExportingMetricReader({
    exporter: told,
    exportIntervalMillis: intervalMillis,
    exportTimeoutMillis,
  });
  reader.setMetricProducer(producerFor(reader, recorded));
  if (recorded.start.isReplacement && wantsDeltas(exporter)) await reader.collect();
  return reader;
}

function wantsDeltas(exporter: PushMetricExporter): boolean {
  return Object.values(InstrumentType).some((type) => exporter.selectAggregationTemporality?.(type) === AggregationTemporality.DELTA);
}

function producerFor(reader: IMetricReader, { arena, room, start }: Recorded): MetricProducer {
  const { resource, observeTimeoutMillis } = start;
  const producer = createProducer({
    arena,
    resource: resourceFromAttributes(resource),
    reader,
    readerIndex: READER_INDEX,
    observeTimeoutMillis,
  });
  return {
    collect: (options) => {
      room.look();
      return producer.collect(options);
    },
  };
}
