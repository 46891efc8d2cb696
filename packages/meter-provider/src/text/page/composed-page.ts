import * as prometheusParts from '@otel-perf/metrics/prometheus-parts';
import type { Page } from './page.ts';
import { PageText, type HeldBytes } from './page-text.ts';

/** A series, or the resource, that a line or several show. */
export interface Source {
  /** `SeriesLabels.text` */
  readonly labels: string;
  readonly isSum: boolean;
  /** `undefined` where there is nothing to show. */
  value(): prometheusParts.PointValue | undefined;
  /** As long as it is the same, the value is. `NaN`, which never is, where that cannot be told. */
  version(): number;
}

/** One series of the text, which may be several of the catalogue that come to the same labels. */
export interface ComposedSlot {
  /** In the order in which they count. */
  readonly sources: Source[];
}

/** What a slot shows: without a source, nothing. */
interface Shown {
  readonly source: Source | undefined;
  readonly value: prometheusParts.PointValue;
}

const NOTHING: Shown = { source: undefined, value: 0 };
const NO_VERSION = Number.NaN;

/** A page of series whose lines may come and go, as those of exponential histograms. Of a changed series all lines are written anew. */
export class ComposedPage implements Page {
  readonly #family: prometheusParts.Family;
  readonly #text = new PageText();
  readonly #slots: ComposedSlot[] = [];
  readonly #shown: Shown[] = [];
  readonly #versions: number[] = [];
  #stamp = '';

  constructor(family: prometheusParts.Family) {
    this.#family = family;
  }

  get size(): number {
    return this.#slots.length;
  }

  add(slot: ComposedSlot): void {
    this.#slots.push(slot);
    this.#shown.push(NOTHING);
    this.#versions.push(NO_VERSION);
    this.#text.addSlot();
  }

  update(stamp: string): HeldBytes {
    const hasNewStamp = stamp !== this.#stamp;
    this.#text.begin();
    for (const [slot, { sources }] of this.#slots.entries()) {
      // Read before the value: if that changes in between, it is looked at again the next time.
      const version = versionOf(sources);
      if (version === this.#versions[slot] && !hasNewStamp) continue;
      this.#versions[slot] = version;
      this.#compose(slot, sources, stamp, hasNewStamp);
    }
    this.#stamp = stamp;
    this.#text.commit();
    return this.#text.held;
  }

  #compose(slot: number, sources: readonly Source[], stamp: string, hasNewStamp: boolean): void {
    const now = sources.length === 1 ? ofOne(sources[0]!) : ofSeveral(sources);
    if (isSame(now, this.#shown[slot]!) && (now.source === undefined || !hasNewStamp)) return;
    this.#shown[slot] = digest(now);
    const lines = now.source === undefined ? '' : this.#lines(now.source, now.value, stamp);
    const text = this.#text;
    const bytes = text.room(Buffer.byteLength(lines));
    text.replaceSlot(slot, text.staged + bytes.write(lines, text.staged));
  }

  #lines(source: Source, value: prometheusParts.PointValue, stamp: string): string {
    return prometheusParts.sampleText(this.#family, prometheusParts.seriesHeads(this.#family, source.labels), value, `${stamp}\n`);
  }
}

/** Of all of them: none falls, so that the sum stays only if all do. */
function versionOf(sources: readonly Source[]): number {
  let version = 0;
  for (let i = 0; i < sources.length; i++) version += sources[i]!.version();
  return version;
}

function ofOne(source: Source): Shown {
  const value = source.value();
  return value === undefined ? NOTHING : { source, value };
}

function ofSeveral(sources: readonly Source[]): Shown {
  let first: Source | undefined;
  const into: prometheusParts.ShownValue = { value: 0, isSum: false };
  for (const source of sources) {
    const value = source.value();
    if (value === undefined) continue;
    if (first === undefined) {
      first = source;
      into.value = value;
      into.isSum = source.isSum;
    } else prometheusParts.mergeValue(into, value, source.isSum);
  }
  return first === undefined ? NOTHING : { source: first, value: into.value };
}

/** Histograms of the same series never have the same count and another content. */
function isSame(a: Shown, b: Shown): boolean {
  if (a.source !== b.source) return false;
  if (typeof a.value === 'number' || typeof b.value === 'number') return a.value === b.value;
  return a.value.count === b.value.count && a.value.sum === b.value.sum;
}

/** As much as `isSame` asks for. */
function digest({ source, value }: Shown): Shown {
  if (typeof value === 'number') return { source, value };
  const { count, sum } = value;
  return { source, value: { count, buckets: NO_BUCKETS, ...(sum === undefined ? {} : { sum }) } };
}

const NO_BUCKETS = { boundaries: [], counts: [] };
