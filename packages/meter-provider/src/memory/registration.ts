import type { Attributes } from '@opentelemetry/api';
import { attributesFromJson, attributesToJson } from '../attributes/canonical.ts';
import { streamKey, type StreamDescriptor } from '../model/stream.ts';

/** What a thread writes into its log. */
export type Registration =
  | { readonly kind: 'stream' /** Counted from 0 in each log. */; readonly id: number; readonly stream: StreamDescriptor }
  | {
      readonly kind: 'series';
      readonly stream: number;
      readonly attributes: Attributes;
      /** Where its cell begins in `Arena.f64`. */
      readonly cell: number;
      /** Unix time in milliseconds of its first value. */
      readonly startedAt: number;
    };

export function registrationToText(registration: Registration): string {
  if (registration.kind === 'stream') return JSON.stringify([registration.id, withoutInfinity(registration.stream)]);
  const { stream, attributes, cell, startedAt } = registration;
  return JSON.stringify([stream, attributesToJson(attributes), cell, startedAt]);
}

export function registrationFromText(text: string): Registration {
  const [id, content, cell, startedAt] = JSON.parse(text) as [number, unknown, number, number];
  if (cell === undefined) return { kind: 'stream', id, stream: content as StreamDescriptor };
  return { kind: 'series', stream: id, attributes: attributesFromJson(content), cell, startedAt };
}

/** The same for streams that are one: they may differ in their descriptions only. */
export function identityKey(stream: StreamDescriptor): string {
  return streamKey(withoutInfinity({ ...stream, description: '' }));
}

/** Boundaries are finite: an infinite one is what every histogram has anyway. */
function withoutInfinity(stream: StreamDescriptor): StreamDescriptor {
  const { aggregation } = stream;
  if (aggregation.kind !== 'histogram') return stream;
  return { ...stream, aggregation: { ...aggregation, boundaries: aggregation.boundaries.filter((boundary) => Number.isFinite(boundary)) } };
}
