import { ValueType, type Attributes } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import { AggregationTemporality, InstrumentType, type DataPoint, type Histogram, type MetricProducer } from '@opentelemetry/sdk-metrics';
import { createCell, cellWords, initialiseCell } from '../../src/cells/cells.ts';
import type { RecordingCell } from '../../src/cells/recording-cell.ts';
import { OBSERVED_WORDS, ObservedCell } from '../../src/cells/observed.ts';
import type { Arena } from '../../src/memory/arena.ts';
import type { Segment } from '../../src/memory/segment.ts';
import type { StreamAggregation, StreamDescriptor } from '../../src/model/stream.ts';
import { createProducer, type ProducerOptions } from '../../src/read/collector.ts';

export function stream(type: InstrumentType, aggregation: StreamAggregation, rest: Partial<StreamDescriptor> = {}): StreamDescriptor {
  return { scope: { name: 'test' }, name: 'metric', description: '', unit: '', type, valueType: ValueType.DOUBLE, aggregation, ...rest };
}

export const COUNTER: StreamDescriptor = stream(InstrumentType.COUNTER, { kind: 'sum' });
export const HISTOGRAM: StreamDescriptor = stream(InstrumentType.HISTOGRAM, {
  kind: 'histogram',
  boundaries: [2, 4, 8],
  recordMinMax: true,
});
export const EXPONENTIAL: StreamDescriptor = stream(InstrumentType.HISTOGRAM, {
  kind: 'exponential-histogram',
  maxSize: 20,
  recordMinMax: true,
});

/** The cell of a series of a thread, as a MeterProvider makes it. */
export function cell(segment: Segment, descriptor: StreamDescriptor, attributes: Attributes = {}, startedAt = 1000): RecordingCell {
  const { arena } = segment;
  const { aggregation } = descriptor;
  const initialise = (at: number) => initialiseCell(arena, aggregation, at);
  return createCell(
    arena,
    aggregation,
    segment.series(segment.stream(descriptor), attributes, cellWords(aggregation), startedAt, initialise),
  );
}

export function observedCell(segment: Segment, descriptor: StreamDescriptor, attributes: Attributes = {}, startedAt = 1000): ObservedCell {
  return new ObservedCell(segment.arena, segment.series(segment.stream(descriptor), attributes, OBSERVED_WORDS, startedAt));
}

export type OtherOptions = Omit<ProducerOptions, 'arena' | 'resource'>;

export function cumulativeProducer(arena: Arena, options?: OtherOptions): MetricProducer {
  return createProducer({ arena, resource: emptyResource(), ...options });
}

export function deltaProducer(arena: Arena, options?: OtherOptions): MetricProducer {
  return cumulativeProducer(arena, { reader: { selectAggregationTemporality: () => AggregationTemporality.DELTA }, ...options });
}

/** All points, whichever metrics they are of. */
export async function points(producer: MetricProducer): Promise<DataPoint<unknown>[]> {
  const { resourceMetrics } = await producer.collect();
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.flatMap(({ dataPoints }) => dataPoints as DataPoint<unknown>[]));
}

export async function values(producer: MetricProducer): Promise<unknown[]> {
  return (await points(producer)).map(({ value }) => value);
}

/** Least and greatest value of the only point. */
export async function extremes(producer: MetricProducer): Promise<unknown> {
  const [value, ...others] = (await values(producer)) as Histogram[];
  if (value === undefined || others.length > 0) throw new Error(`${others.length + 1} points`);
  return [value.min, value.max];
}
