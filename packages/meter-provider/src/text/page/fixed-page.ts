import type { CatalogueSeries } from '../../memory/catalogue.ts';
import type { LineShape } from './line-shape.ts';
import { putField, putNumber, TOO_LONG, WIDEST_FIELD } from './number-field.ts';
import type { Page } from './page.ts';
import { grown, PageText, type HeldBytes, type SpareBytes } from './page-text.ts';

const LINE_FEED = 0x0a;
const SEVERAL = -1;
/** Series that are shown for the first time in one update. */
const NEW_SERIES = 32;

function placeOf({ cells }: CatalogueSeries): number {
  return cells.length === 1 ? cells[0]! : SEVERAL;
}

/**
 * A page of series that have the same lines, of which nothing but the numbers ever changes. Every label is written once. Of a changed series
 * the numbers are written over in their fields; a field that has become too narrow (where widths are exact, too wide as well) is made anew.
 */
export class FixedPage implements Page {
  readonly #shape: LineShape;
  readonly #exact: boolean;
  readonly #text: PageText;
  readonly #series: CatalogueSeries[] = [];
  /** The labels of those that are not shown. */
  readonly #hidden = new Map<number, Buffer>();
  /** Bytes of a series' labels. */
  readonly #labels: number[] = [];
  /** Of each line of each series, its field's. */
  #widths: Uint8Array<ArrayBuffer>;
  /** What is shown of the numbers that tell of changes. */
  #shown: Float64Array<ArrayBuffer>;
  /** Where series have their only cell; `SEVERAL` for others. So what has not changed is passed over without a look at the series. */
  #places = new Float64Array(1);
  /** Two words for each: the telling ones of that cell, read before what is shown. NaN first for those not shown. */
  #told = new Float64Array(2);
  #joined = 0;
  #stamp = '';
  /** Whether some series have another stamp, as long as this one. */
  #hasMixedStamps = false;

  /** @param spare for pages of exact widths: where a value is to have no more than one blank before it. */
  constructor(shape: LineShape, spare: SpareBytes | undefined) {
    this.#shape = shape;
    this.#exact = spare !== undefined;
    this.#text = new PageText(spare);
    this.#widths = new Uint8Array(shape.lines);
    this.#shown = new Float64Array(shape.source.keys.length);
  }

  get size(): number {
    return this.#series.length;
  }

  /** `labels` are `SeriesLabels.text`. */
  add(series: CatalogueSeries, labels: string): void {
    const slot = this.#series.push(series) - 1;
    const { lines, source } = this.#shape;
    if (slot * lines === this.#widths.length) {
      this.#widths = grown(this.#widths, new Uint8Array(slot * lines * 2));
      this.#shown = grown(this.#shown, new Float64Array(slot * source.keys.length * 2));
      this.#places = grown(this.#places, new Float64Array(slot * 2));
      this.#told = grown(this.#told, new Float64Array(slot * 4));
    }
    this.#places[slot] = placeOf(series);
    this.#told[2 * slot] = NaN;
    const bytes = Buffer.from(labels);
    this.#labels.push(bytes.length);
    this.#hidden.set(slot, bytes);
    this.#text.addSlot();
  }

  update(stamp: string): HeldBytes | undefined {
    const { source } = this.#shape;
    const { cells, tellingWords } = source;
    const told = this.#told;
    let shown = 0;
    this.#text.begin();
    this.#locate();
    for (let slot = 0; slot < this.#series.length; slot++) {
      const place = this.#places[slot]!;
      const tells = cells === undefined || place === SEVERAL ? NaN : cells[place]!;
      const also = cells === undefined || tellingWords === 1 ? 0 : cells[place + 1]!;
      if (told[2 * slot] === tells && told[2 * slot + 1] === also) continue;
      const labels = this.#hidden.size === 0 ? undefined : this.#hidden.get(slot);
      if (!source.read(this.#series[slot]!)) {
        if (labels === undefined) this.#hide(slot);
        continue;
      }
      if (labels !== undefined && shown++ === NEW_SERIES) return this.#pause(stamp);
      told[2 * slot] = tells;
      told[2 * slot + 1] = also;
      if (labels !== undefined) {
        source.complete();
        this.#show(slot, labels, stamp);
      } else if (this.#hasChanged(slot)) {
        source.complete();
        this.#patch(slot);
      }
    }
    this.#text.commit();
    if (stamp !== this.#stamp || this.#hasMixedStamps) this.#putStamp(stamp);
    return this.#text.held;
  }

  #pause(stamp: string): undefined {
    this.#text.commit();
    this.#stamp = stamp;
    this.#hasMixedStamps = true;
  }

  /** Looks again where cells are, when there are more. */
  #locate(): void {
    const joined = this.#series[0]?.stream.joined ?? 0;
    if (joined === this.#joined) return;
    this.#joined = joined;
    for (const [slot, series] of this.#series.entries()) this.#places[slot] = placeOf(series);
  }

  /** Whether what was read last is not what is shown. From now on it is. */
  #hasChanged(slot: number): boolean {
    const { keys, numbers } = this.#shape.source;
    const from = slot * keys.length;
    let hasChanged = false;
    for (let i = 0; i < keys.length; i++) {
      const value = numbers[keys[i]!]!;
      if (this.#shown[from + i] === value) continue;
      this.#shown[from + i] = value;
      hasChanged = true;
    }
    return hasChanged;
  }

  #patch(slot: number): void {
    const shape = this.#shape;
    const { lines, numbers, source } = shape;
    const bytes = this.#text.writable();
    const labels = this.#labels[slot]!;
    const lengths = shape.lengths(labels);
    const widths = this.#widths;
    const values = source.numbers;
    const exact = this.#exact;
    const after = this.#stamp.length + 1;
    let at = this.#text.start(slot);
    for (let line = 0, field = slot * lines; line < lines; line++, field++) {
      at += lengths[line]! + labels;
      const width = widths[field]!;
      const value = values[numbers[line]!]!;
      const length = putNumber(bytes, at, width, value);
      if (length === TOO_LONG || (exact && length !== width)) this.#widen(slot, at, field, value);
      at += width + after;
    }
  }

  #widen(slot: number, at: number, field: number, value: number): void {
    const text = this.#text;
    const bytes = text.room(WIDEST_FIELD);
    const width = putField(bytes, text.staged, value, this.#exact);
    text.replace(slot, at, this.#widths[field]!, text.staged + width);
    this.#widths[field] = width;
  }

  #show(slot: number, labels: Buffer, stamp: string): void {
    const shape = this.#shape;
    const { lines, numbers, source } = shape;
    const lengths = shape.lengths(labels.length);
    let most = 0;
    for (let line = 0; line < lines; line++) most += lengths[line]! + labels.length + WIDEST_FIELD + stamp.length + 1;
    const bytes = this.#text.room(most);
    let at = this.#text.staged;
    for (let line = 0; line < lines; line++) {
      at = shape.put(bytes, at, line, labels);
      at += this.#widths[slot * lines + line] = putField(bytes, at, source.numbers[numbers[line]!]!, this.#exact);
      if (stamp !== '') at += bytes.write(stamp, at, 'latin1');
      bytes[at++] = LINE_FEED;
    }
    this.#text.replaceSlot(slot, at);
    this.#hasChanged(slot);
    this.#hidden.delete(slot);
  }

  #hide(slot: number): void {
    const from = this.#text.start(slot) + this.#shape.labelsAt;
    this.#hidden.set(slot, Buffer.from(this.#text.held.bytes.subarray(from, from + this.#labels[slot]!)));
    this.#text.replaceSlot(slot, this.#text.staged);
  }

  #putStamp(stamp: string): void {
    const shape = this.#shape;
    const { lines } = shape;
    const bytes = this.#text.writable();
    for (let slot = 0; slot < this.#series.length; slot++) {
      if (this.#hidden.has(slot)) continue;
      const labels = this.#labels[slot]!;
      const lengths = shape.lengths(labels);
      let at = this.#text.start(slot);
      for (let line = 0; line < lines; line++) {
        at += lengths[line]! + labels + this.#widths[slot * lines + line]!;
        at += bytes.write(stamp, at, 'latin1') + 1;
      }
    }
    this.#stamp = stamp;
    this.#hasMixedStamps = false;
  }
}
