import type { ValueType } from '@opentelemetry/api';
import type { InstrumentType } from '@opentelemetry/sdk-metrics';

export interface Scope {
  readonly name: string;
  readonly version?: string;
  readonly schemaUrl?: string;
}

/** What is kept of the values of a stream. */
export type StreamAggregation =
  | { readonly kind: 'sum' }
  | { readonly kind: 'last-value' }
  | { readonly kind: 'histogram'; readonly boundaries: readonly number[]; readonly recordMinMax: boolean }
  | { readonly kind: 'exponential-histogram'; readonly maxSize: number; readonly recordMinMax: boolean };

/** One metric of those that an instrument feeds: one, unless views or readers ask for more. The same in every thread that has it. */
export interface StreamDescriptor {
  readonly scope: Scope;
  readonly name: string;
  readonly description: string;
  /** UCUM. */
  readonly unit: string;
  /** Of the instrument. */
  readonly type: InstrumentType;
  readonly valueType: ValueType;
  readonly aggregation: StreamAggregation;
  /** Places of the readers that get it in the provider's options; absent for all. */
  readonly readers?: readonly number[];
}

/** Of sums: whether they only rise. */
export function isMonotonic(type: InstrumentType): boolean {
  return type === 'COUNTER' || type === 'OBSERVABLE_COUNTER' || type === 'HISTOGRAM';
}

export function isObservable(type: InstrumentType): boolean {
  return type.startsWith('OBSERVABLE_');
}

/** Whether a reader gets it; one without a place in the provider's options gets what is for all. */
export function isFor({ readers }: StreamDescriptor, readerIndex: number | undefined): boolean {
  return readers === undefined || (readerIndex !== undefined && readers.includes(readerIndex));
}

/** The same for descriptors that say the same. */
export function streamKey(stream: StreamDescriptor): string {
  const { scope, name, description, unit, type, valueType, aggregation, readers } = stream;
  return JSON.stringify([
    [scope.name, scope.version, scope.schemaUrl],
    [name, description, unit, type, valueType],
    Object.entries(aggregation).sort(([a], [b]) => (a < b ? -1 : 1)),
    readers,
  ]);
}
