import type { SeriesVerdict } from '../../filter/event-filter.ts';
import type { SeriesTraits } from '../../filter/metrics-filter.ts';
import { MAX_NUMBER_BYTES } from './number.ts';
import type { EventRow, EventRowFormat } from './row-format.ts';

/** The constant bytes of a series' rows. */
export interface Template {
  /** Bytes that a row takes at most; 0 where the filter leaves out the whole series. */
  readonly size: number;
  /** Whether the filter must be asked for each event. */
  readonly each: boolean;
  readonly beforeValue: Uint8Array;
  readonly beforeTimestamp: Uint8Array;
  readonly end: Uint8Array;
}

/** What templates may take, in bytes, before those that were made so far are thrown away: some thousands of them. */
const LIMIT = 2_000_000;
const OVERHEAD = 500;
const NOTHING = new Uint8Array(0);
const LEFT_OUT: Template = { size: 0, each: false, beforeValue: NOTHING, beforeTimestamp: NOTHING, end: NOTHING };

/** The templates by the id of their series, made when first asked for. */
export class Templates {
  readonly #format: EventRowFormat;
  readonly #series: (id: number) => SeriesTraits;
  readonly #verdict: (id: number) => SeriesVerdict;
  #known: (Template | undefined)[] = [];
  #bytes = 0;

  constructor(format: EventRowFormat, series: (id: number) => SeriesTraits, verdict: (id: number) => SeriesVerdict) {
    this.#format = format;
    this.#series = series;
    this.#verdict = verdict;
  }

  get(id: number): Template {
    return this.#known[id] ?? this.#add(id);
  }

  #add(id: number): Template {
    const verdict = this.#verdict(id);
    const template = verdict === 'none' ? LEFT_OUT : encode(this.#format(this.#series(id)), verdict === 'each');
    if (template !== LEFT_OUT) this.#bytes += template.size + OVERHEAD;
    if (this.#bytes > LIMIT) {
      this.#known = [];
      this.#bytes = 0;
    }
    this.#known[id] = template;
    return template;
  }
}

function encode(row: EventRow, each: boolean): Template {
  const [beforeValue, beforeTimestamp, end] = [Buffer.from(row.beforeValue), Buffer.from(row.beforeTimestamp), Buffer.from(row.end)];
  const size = beforeValue.length + beforeTimestamp.length + end.length + 2 * MAX_NUMBER_BYTES;
  return { size, each, beforeValue, beforeTimestamp, end };
}
