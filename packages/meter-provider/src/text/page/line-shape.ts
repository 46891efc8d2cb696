import * as prometheusParts from '@otel-perf/metrics/prometheus-parts';
import { addHistogram, emptyHistogram, type HistogramReading } from '../../cells/histogram.ts';
import type { Arena } from '../../memory/arena.ts';
import type { CatalogueSeries } from '../../memory/catalogue.ts';
import type { ValueSource } from '../../read/values/value-source.ts';

/** Reads a series into the numbers that its lines show. Some of them tell whether any has changed. */
export interface NumberSource {
  readonly numbers: Float64Array;
  /** Places in `numbers` of those that tell. */
  readonly keys: readonly number[];
  /** Reads those that tell. `false` where there is nothing to show. */
  read(series: CatalogueSeries): boolean;
  /** Makes out the others, of the same reading. */
  complete(): void;
  /** `Arena.f64`, where of a series with one cell nothing changes that is shown, unless the first `tellingWords` of the cell do. */
  readonly cells: Float64Array | undefined;
  readonly tellingWords: 1 | 2;
}

/** The lines of every series of a stream: the same number, of the same texts but for the labels and the values. */
export class LineShape {
  readonly source: NumberSource;
  /** The place in `NumberSource.numbers` for each line. */
  readonly numbers: readonly number[];
  /** Where labels begin in the first line. */
  readonly labelsAt: number;
  /** Bytes before the value of each line, where there are no labels. */
  readonly #bare: readonly number[];
  /** The same, less the labels, where there are any. */
  readonly #labelled: readonly number[];
  /** What stands before the labels of lines, and behind them. */
  readonly #text: Uint8Array;
  readonly #pieces: readonly LinePieces[];
  readonly #prefixes: (labels: string) => readonly string[];

  /** @param prefixes what stands before the value of each line, for labels as `SeriesLabels.text`. */
  constructor(source: NumberSource, numbers: readonly number[], prefixes: (labels: string) => readonly string[]) {
    this.source = source;
    this.numbers = numbers;
    this.#prefixes = prefixes;
    this.#bare = prefixes('').map((prefix) => prefix.length);
    const labelled = prefixes('\0');
    this.#labelled = labelled.map((prefix) => prefix.length - 1);
    this.labelsAt = labelled[0]!.indexOf('\0');
    let text = '';
    // Buckets begin alike: small services have many histograms, of one series.
    const placeOf = (piece: string): number => {
      const at = text.indexOf(piece);
      if (at >= 0) return at;
      text += piece;
      return text.length - piece.length;
    };
    this.#pieces = labelled.map((prefix) => {
      const [before = '', after = ''] = prefix.split('\0');
      return { before: placeOf(before), beforeLength: before.length, after: placeOf(after), afterLength: after.length };
    });
    this.#text = Buffer.from(text);
  }

  get lines(): number {
    return this.numbers.length;
  }

  /** Bytes before the value of each line, less the labels, of which there are so many bytes. */
  lengths(labels: number): readonly number[] {
    return labels === 0 ? this.#bare : this.#labelled;
  }

  /** Writes what stands before the value, and returns the end. */
  put(bytes: Buffer, at: number, line: number, labels: Uint8Array): number {
    // One series of a stream at most.
    if (labels.length === 0) return at + bytes.write(this.#prefixes('')[line]!, at);
    const { before, beforeLength, after, afterLength } = this.#pieces[line]!;
    const labelsAt = copy(this.#text, before, beforeLength, bytes, at);
    return copy(this.#text, after, afterLength, bytes, copy(labels, 0, labels.length, bytes, labelsAt));
  }
}

/** Places in the text of a shape. */
interface LinePieces {
  readonly before: number;
  readonly beforeLength: number;
  readonly after: number;
  readonly afterLength: number;
}

/** Faster than `set`, for texts as short as these. */
function copy(from: Uint8Array, start: number, length: number, to: Uint8Array, at: number): number {
  for (let i = 0; i < length; i++) to[at + i] = from[start + i]!;
  return at + length;
}

const COUNT = 0;
const SUM = 1;
const BUCKETS = 2;
const FIRST: readonly number[] = [COUNT];
const COUNT_AND_SUM: readonly number[] = [COUNT, SUM];

interface Scratch {
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly reading: HistogramReading;
}

const scratches = new Map<number, Scratch>();

/** One for all streams of so many buckets: what is read is used up before the next is. */
function scratchOf(buckets: number): Scratch {
  let scratch = scratches.get(buckets);
  if (scratch === undefined) {
    scratch = { numbers: new Float64Array(BUCKETS + buckets), reading: emptyHistogram(buckets) };
    scratches.set(buckets, scratch);
  }
  return scratch;
}

/** @param cells as `NumberSource.cells`. */
export function numberShape(family: prometheusParts.Family, values: ValueSource<number>, cells: Float64Array | undefined): LineShape {
  const { numbers } = scratchOf(0);
  const source: NumberSource = {
    numbers,
    keys: FIRST,
    read(series) {
      const value = values.read(series);
      if (value === undefined) return false;
      numbers[0] = value;
      return true;
    },
    complete: () => undefined,
    cells,
    tellingWords: 1,
  };
  return new LineShape(source, FIRST, (labels) => [prometheusParts.seriesHeads(family, labels).head]);
}

export function histogramShape(arena: Arena, family: prometheusParts.Family, boundaries: readonly number[], hasSum: boolean): LineShape {
  const shown = prometheusParts.countAndSum(family.format, hasSum, boundaries);
  const les = family.leLabels.of(boundaries);
  const lines = [...(shown.count ? [COUNT] : []), ...(shown.sum ? [SUM] : []), ...les.map((_, i) => BUCKETS + i)];
  const prefixes = (labels: string): readonly string[] => {
    const { head, count, sum } = prometheusParts.seriesHeads(family, labels);
    return [...(shown.count ? [count] : []), ...(shown.sum ? [sum] : []), ...les.map((le) => head + le)];
  };
  return new LineShape(histogramNumbers(arena, boundaries.length + 1, shown.sum), lines, prefixes);
}

function histogramNumbers(arena: Arena, buckets: number, hasSum: boolean): NumberSource {
  const { numbers, reading } = scratchOf(buckets);
  return {
    numbers,
    keys: hasSum ? COUNT_AND_SUM : FIRST,
    read({ cells }) {
      reading.buckets.fill(0);
      reading.count = 0;
      reading.sum = 0;
      for (let i = 0; i < cells.length; i++) addHistogram(arena, cells[i]!, reading);
      numbers[COUNT] = reading.count;
      numbers[SUM] = reading.sum;
      return reading.count > 0;
    },
    complete() {
      let cumulative = 0;
      for (let i = 0; i < buckets; i++) numbers[BUCKETS + i] = cumulative += reading.buckets[i]!;
    },
    cells: arena.f64,
    // Count and sum: writes may be seen in another order than they were made.
    tellingWords: 2,
  };
}
