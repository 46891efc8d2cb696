import { ValueType, type Attributes } from '@opentelemetry/api';
import { InstrumentType } from '@opentelemetry/sdk-metrics';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { PrometheusTextSerializer, type PrometheusOptions } from '@otel-perf/metrics';
import { cellWords, createCell, initialiseCell } from '../../src/cells/cells.ts';
import type { RecordingCell } from '../../src/cells/recording-cell.ts';
import { OBSERVED_WORDS, ObservedCell } from '../../src/cells/observed.ts';
import { Arena } from '../../src/memory/arena.ts';
import { Segment } from '../../src/memory/segment.ts';
import type { StreamAggregation, StreamDescriptor } from '../../src/model/stream.ts';
import { createProducer } from '../../src/read/collector.ts';

export const BOUNDARIES = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

export const AGGREGATIONS = {
  sum: { kind: 'sum' },
  last: { kind: 'last-value' },
  histogram: { kind: 'histogram', boundaries: BOUNDARIES, recordMinMax: true },
  exponential: { kind: 'exponential-histogram', maxSize: 160, recordMinMax: true },
} as const satisfies Record<string, StreamAggregation>;

/** A metric of a counter, unless told otherwise. */
export function descriptor(name: string, rest: Partial<StreamDescriptor> = {}): StreamDescriptor {
  const type = rest.type ?? InstrumentType.COUNTER;
  return {
    scope: { name: 'shop' },
    name,
    description: '',
    unit: '',
    type,
    valueType: ValueType.DOUBLE,
    aggregation: AGGREGATIONS.sum,
    ...rest,
  };
}

export function histogram(name: string, rest: Partial<StreamDescriptor> = {}): StreamDescriptor {
  return descriptor(name, { type: InstrumentType.HISTOGRAM, aggregation: AGGREGATIONS.histogram, ...rest });
}

export function gauge(name: string, rest: Partial<StreamDescriptor> = {}): StreamDescriptor {
  return descriptor(name, { type: InstrumentType.GAUGE, aggregation: AGGREGATIONS.last, ...rest });
}

/** An arena, and what some threads of a process would write to it. */
export class Recording {
  readonly arena = Arena.create(64 * 2 ** 20);
  readonly #threads: Segment[] = [];
  readonly #cells = new Map<number, RecordingCell>();

  /** As the thread number `thread`, from 1. */
  record(stream: StreamDescriptor, value: number, attributes: Attributes = {}, thread = 1): void {
    const segment = this.#thread(thread);
    const { aggregation } = stream;
    const at = segment.series(segment.stream(stream), attributes, cellWords(aggregation), 1_700_000_000_000, (cell) =>
      initialiseCell(this.arena, aggregation, cell),
    );
    let cell = this.#cells.get(at);
    if (cell === undefined) this.#cells.set(at, (cell = createCell(this.arena, aggregation, at)));
    cell.record(value);
  }

  /** What a callback of the thread told in answer to the request number `request`. */
  observe(stream: StreamDescriptor, value: number, request: number, attributes: Attributes = {}, thread = 1): void {
    const segment = this.#thread(thread);
    const at = segment.series(segment.stream(stream), attributes, OBSERVED_WORDS, 1_700_000_000_000);
    new ObservedCell(this.arena, at).set(value, request);
  }

  /** So that the thread has the series, and no value of it. */
  register(stream: StreamDescriptor, attributes: Attributes = {}, thread = 1): void {
    const segment = this.#thread(thread);
    const { aggregation } = stream;
    segment.series(segment.stream(stream), attributes, cellWords(aggregation), 1_700_000_000_000, (cell) =>
      initialiseCell(this.arena, aggregation, cell),
    );
  }

  end(thread: number): void {
    Segment.end(this.arena, thread);
    delete this.#threads[thread];
  }

  #thread(thread: number): Segment {
    return (this.#threads[thread] ??= Segment.open(this.arena, thread)!);
  }
}

/** What the export of @otel-perf/metrics writes of the same recordings, as often as it is asked. */
export function exported(recording: Recording, options: PrometheusOptions, resource: Attributes = {}): () => Promise<string> {
  const producer = createProducer({ arena: recording.arena, resource: resourceFromAttributes(resource) });
  const serializer = new PrometheusTextSerializer(options);
  return async () => serializer.serialize((await producer.collect()).resourceMetrics);
}

export function textOf(chunks: Iterable<Uint8Array>): string {
  return Buffer.concat([...chunks]).toString();
}

/** Of a text without timestamps: with one blank before each value. */
export function collapsed(text: string): string[] {
  return text.split('\n').map((line) => (line.startsWith('#') ? line : line.replace(/ {2,}(\S+)$/, ' $1')));
}
