import type { Arena } from '../memory/arena.ts';
import type { StreamAggregation } from '../model/stream.ts';
import { BucketIndex } from './bucket-index.ts';
import { ExponentialHistogramCell, exponentialWords, initialiseExponential, readExponential } from './exponential.ts';
import type { ExponentialReading } from './exponential-reading.ts';
import { GAUGE_WORDS, GaugeCell, readGauge } from './gauge.ts';
import { HistogramCell, type HistogramReading, histogramWords, initialiseHistogram, readHistogram } from './histogram.ts';
import type { RecordingCell } from './recording-cell.ts';
import { readSum, SUM_WORDS, SumCell } from './sum.ts';

/** What the cells of a series say, all threads together. */
export type CellReading =
  | { readonly kind: 'sum'; readonly value: number }
  | { readonly kind: 'last-value'; readonly value: number }
  | ({ readonly kind: 'histogram' } & Readonly<HistogramReading>)
  | ({ readonly kind: 'exponential-histogram' } & ExponentialReading);

/** How many words of `Arena.f64` a cell takes. */
export function cellWords(aggregation: StreamAggregation): number {
  switch (aggregation.kind) {
    case 'sum':
      return SUM_WORDS;
    case 'last-value':
      return GAUGE_WORDS;
    case 'histogram':
      return histogramWords(aggregation.boundaries.length);
    case 'exponential-histogram':
      return exponentialWords(aggregation.maxSize);
  }
}

/** Fills a fresh, zeroed cell that begins at `at` of `Arena.f64`. To be called once, before anybody sees the cell. */
export function initialiseCell(arena: Arena, aggregation: StreamAggregation, at: number): void {
  if (aggregation.kind === 'histogram') initialiseHistogram(arena, at);
  else if (aggregation.kind === 'exponential-histogram') initialiseExponential(arena, at);
}

/** Writes to an initialised cell, and goes on from what it holds: it may be another thread's that has ended. */
export function createCell(arena: Arena, aggregation: StreamAggregation, at: number): RecordingCell {
  switch (aggregation.kind) {
    case 'sum':
      return new SumCell(arena, at);
    case 'last-value':
      return new GaugeCell(arena, at);
    case 'histogram':
      return new HistogramCell(arena, at, BucketIndex.of(aggregation.boundaries));
    case 'exponential-histogram':
      return new ExponentialHistogramCell(arena, at, aggregation.maxSize);
  }
}

/**
 * Reads the cells of a series together. Of histograms the buckets (and zeros) add up to the count; `min` is `Infinity` and `max` is
 * `-Infinity` where there are no values yet. Fresh objects each time.
 */
export function readCells(arena: Arena, aggregation: StreamAggregation, cells: readonly number[]): CellReading {
  switch (aggregation.kind) {
    case 'sum':
      return { kind: 'sum', value: readSum(arena, cells) };
    case 'last-value':
      return { kind: 'last-value', value: readGauge(arena, cells) };
    case 'histogram':
      return { kind: 'histogram', ...readHistogram(arena, cells, aggregation.boundaries.length) };
    case 'exponential-histogram':
      return { kind: 'exponential-histogram', ...readExponential(arena, cells, aggregation.maxSize) };
  }
}
