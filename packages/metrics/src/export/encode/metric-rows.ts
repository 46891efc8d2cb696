import type { Metric } from '../../model/metric.ts';
import type { RowSource } from '../output/write-rows.ts';
import type { Page } from './page.ts';
import type { MetricRowFormat } from './row-format.ts';

const MAX_ROWS_A_PAGE = 128;
const MAX_UTF8_BYTES = 3;

/** The rows of data points, which are taken from their iterable as the output has room for them. */
export class MetricRows implements RowSource {
  written = 0;
  readonly #rows: IteratorObject<string, undefined>;
  /** Made, but not written yet. */
  #text: string | undefined;

  constructor(metrics: Iterable<Metric>, format: MetricRowFormat) {
    this.#rows = Iterator.from(metrics).map(format);
  }

  next(page: Page): Uint8Array | undefined {
    let at = 0;
    for (let rows = 0; rows < MAX_ROWS_A_PAGE; rows++) {
      this.#text ??= this.#rows.next().value;
      if (this.#text === undefined) return at === 0 ? undefined : page.head(at);
      const large = at + this.#text.length * MAX_UTF8_BYTES > page.capacity;
      if (large && at > 0) break;
      const text = this.#text;
      this.#text = undefined;
      this.written++;
      if (large) return Buffer.from(text);
      at += page.bytes.write(text, at);
    }
    return page.head(at);
  }

  close(): void {
    this.#rows.return?.();
  }
}
