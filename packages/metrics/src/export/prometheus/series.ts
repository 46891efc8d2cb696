import type { Attributes } from '@opentelemetry/api';
import type { Family } from './families.ts';
import type { LabelRenderer, SharedLabels } from './labels.ts';

/** What the lines of a series begin with. */
export interface SeriesHeads {
  /** What stands before the value; of a histogram, before `le`. */
  readonly head: string;
  /** Of a histogram, what stands before the value of `_count`. */
  readonly count: string;
  /** Of a histogram, what stands before the value of `_sum`. */
  readonly sum: string;
}

/** The parts of a series' lines that do not change from scrape to scrape. */
export interface SeriesText extends SeriesHeads {
  /** Which series of its family this is: `SeriesLabels.id`. */
  readonly id: string;
  readonly shared: string;
  readonly keys: readonly string[];
  readonly values: readonly unknown[];
}

/**
 * The text of one series, rendered when its attributes object is first seen in this family. The SDK keeps the object that the
 * caller recorded with, who may have changed it since: so a text is used again only if every attribute still has its value, which
 * costs a fraction of rendering. Arrays can change inside and are rendered every time. Texts live as long as the object.
 */
export function seriesText(family: Family, attributes: Attributes, shared: SharedLabels, renderer: LabelRenderer): SeriesText {
  const known = family.series.get(attributes);
  if (known !== undefined && known.shared === shared.text && isUnchanged(known, attributes)) return known;
  const { text: labels, id } = renderer.series(attributes, shared, family.type === 'histogram');
  const keys = Object.keys(attributes);
  const values = keys.map((key) => attributes[key]);
  const text = { id, ...seriesHeads(family, labels), shared: shared.text, keys, values };
  if (!values.some((value) => typeof value === 'object' && value !== null)) family.series.set(attributes, text);
  return text;
}

function isUnchanged(known: SeriesText, attributes: Attributes): boolean {
  let i = 0;
  for (const key in attributes) {
    if (key !== known.keys[i] || attributes[key] !== known.values[i]) return false;
    i += 1;
  }
  return i === known.keys.length;
}

/** `labels` are `SeriesLabels.text`. */
export function seriesHeads({ name, type }: Pick<Family, 'name' | 'type'>, labels: string): SeriesHeads {
  const braced = labels === '' ? '' : `{${labels}}`;
  if (type !== 'histogram') return { head: flat(name, braced, ' '), count: '', sum: '' };
  return {
    head: flat(name, '_bucket{', labels, labels === '' ? '' : ','),
    count: flat(name, '_count', braced, ' '),
    sum: flat(name, '_sum', braced, ' '),
  };
}

/** V8 keeps the result of `+` as a tree, which would be walked again for every line of every scrape; that of join() is flat. */
function flat(...parts: string[]): string {
  return parts.join('');
}

/** Spells the bound of a bucket, which is finite. */
export type BoundText = (bound: number) => string;

/** The `le` ends of bucket lines. Keeps those of the bounds it was asked for last, since a family's series mostly share them. */
export class LeLabels {
  readonly #spell: BoundText;
  #boundaries: readonly number[] = [];
  #texts: readonly string[];

  constructor(spell: BoundText) {
    this.#spell = spell;
    this.#texts = leTexts([], spell);
  }

  /** One text a bound, and one for `+Inf` unless the bounds end with it. */
  of(boundaries: readonly number[]): readonly string[] {
    if (!isSame(this.#boundaries, boundaries)) {
      this.#boundaries = boundaries.slice();
      this.#texts = leTexts(boundaries, this.#spell);
    }
    return this.#texts;
  }
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

function leTexts(boundaries: readonly number[], spell: BoundText): string[] {
  const finite = boundaries.at(-1) === Infinity ? boundaries.slice(0, -1) : boundaries;
  return [...finite.map((bound) => flat('le="', spell(bound), '"} ')), 'le="+Inf"} '];
}
