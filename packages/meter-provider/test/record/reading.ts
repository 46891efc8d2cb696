import { diag, type DiagLogger } from '@opentelemetry/api';
import { AggregationType, MetricReader, type AggregationOption } from '@opentelemetry/sdk-metrics';
import { canonicalKey } from '../../src/attributes/canonical.ts';
import { readCells, type CellReading } from '../../src/cells/cells.ts';
import type { Arena } from '../../src/memory/arena.ts';
import { Catalogue, type CatalogueStream } from '../../src/memory/catalogue.ts';

/** What anybody who has the arena can see of it now. */
export function streams(arena: Arena): readonly CatalogueStream[] {
  const catalogue = new Catalogue(arena);
  catalogue.refresh();
  return catalogue.streams;
}

/** The series of a metric by the canonical text of their attributes, '' for none. */
export function series(arena: Arena, name: string): Map<string, CellReading> {
  const found = new Map<string, CellReading>();
  for (const { descriptor, series } of streams(arena))
    if (descriptor.name === name)
      for (const { attributes, cells } of series) found.set(canonicalKey(attributes), readCells(arena, descriptor.aggregation, cells));
  return found;
}

/** Values of a metric of sums or last values. */
export function values(arena: Arena, name: string): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [key, reading] of series(arena, name)) {
    if (!('value' in reading)) throw new Error(`${name} is a ${reading.kind}`);
    values[key] = reading.value;
  }
  return values;
}

export class PlainReader extends MetricReader {
  protected override onShutdown = () => Promise.resolve();
  protected override onForceFlush = () => Promise.resolve();
}

/** A reader that wants one aggregation for all instruments. */
export function readerOf(aggregation: AggregationOption = { type: AggregationType.DEFAULT }, limit?: number): PlainReader {
  return new PlainReader({ aggregationSelector: () => aggregation, ...(limit !== undefined && { cardinalitySelector: () => limit }) });
}

/** Catches what is logged through `diag` until `diag.disable()`. */
export function catchDiag(): string[] {
  const lines: string[] = [];
  const log = (...parts: unknown[]) => void lines.push(parts.map(String).join(''));
  const logger: DiagLogger = { error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} };
  diag.setLogger(logger, { suppressOverrideMessage: true });
  return lines;
}
