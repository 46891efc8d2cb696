import type { Attributes } from '@opentelemetry/api';
import type { PrometheusNaming } from '@otel-perf/metrics';
import * as prometheusParts from '@otel-perf/metrics/prometheus-parts';
import type { CatalogueSeries } from '../../memory/catalogue.ts';
import { ComposedPage, type ComposedSlot } from '../page/composed-page.ts';
import { FixedPage } from '../page/fixed-page.ts';
import type { Page } from '../page/page.ts';
import type { SpareBytes } from '../page/page-text.ts';
import type { Member } from './member.ts';
import { SeriesIds } from './series-ids.ts';

/** A member, and the pages of its series. */
interface Part {
  readonly member: Member;
  /** Series that the pages have. */
  taken: number;
  readonly fixed: FixedPage[];
  readonly composed: ComposedPage[];
}

interface OwnedSlot extends ComposedSlot {
  /** The members of its sources. */
  readonly owners: Member[];
}

export interface FamilyTextOptions {
  readonly labels: prometheusParts.LabelRenderer;
  readonly naming: PrometheusNaming;
  readonly seriesPerPage: number;
  /** Where widths are to be exact. */
  readonly spare: SpareBytes | undefined;
}

/** A histogram with the SDK's default boundaries has so many lines: pages of longer ones have fewer series. */
const USUAL_LINES = 18;
/** Composing the lines of a series takes about so much longer than writing over their numbers. */
const COMPOSING = 32;

/**
 * The pages of a family, in the order of its members and their series. As long as every series has lines of its own that stay the same, these
 * are on pages where numbers are written over. Where a member has none such, and once two series come to the same labels, all are composed.
 */
export class FamilyText {
  readonly family: prometheusParts.Family;
  readonly #options: FamilyTextOptions;
  readonly #slots = new Map<string, OwnedSlot>();
  #parts: Part[] = [];
  #ids = this.#newIds();
  #isComposed = false;
  #header: { readonly help: string; readonly unit: string; readonly bytes: Uint8Array } | undefined;
  /** Forgotten with every new series. */
  #pages: readonly Page[] | undefined;

  constructor(family: prometheusParts.Family, options: FamilyTextOptions) {
    this.family = family;
    this.#options = options;
  }

  /** The lines before its series. */
  header(help: string, unit: string): Uint8Array {
    if (this.#header?.help !== help || this.#header.unit !== unit) {
      const bytes = Buffer.from(prometheusParts.headerText(this.family, this.#options.naming, help, unit));
      this.#header = { help, unit, bytes };
    }
    return this.#header.bytes;
  }

  /** Those that it has and new ones, which may come between them. */
  arrange(members: readonly Member[]): void {
    if (members.length === this.#parts.length) return;
    const known = new Map(this.#parts.map((part) => [part.member, part]));
    this.#pages = undefined;
    this.#parts = members.map((member) => known.get(member) ?? newPart(member));
    if (!this.#isComposed && members.some(({ fixed }) => fixed === undefined)) this.#compose();
  }

  /** Gives at most `most` new series their place, and returns how many: less than `most` where there are no more. */
  take(most: number): number {
    let taken = 0;
    for (const part of this.#parts) {
      while (part.taken < part.member.length) {
        if (taken++ === most) return most;
        this.#pages = undefined;
        if (this.#take(part, part.taken++)) continue;
        this.#compose();
        return most;
      }
    }
    return taken;
  }

  /** Series of different labels. */
  get size(): number {
    return this.pages().reduce((sum, { size }) => sum + size, 0);
  }

  /** As they are now: what is returned stays as it is while more come. */
  pages(): readonly Page[] {
    return (this.#pages ??= this.#parts.flatMap<Page>(({ fixed, composed }) => (this.#isComposed ? composed : fixed)));
  }

  /** `false` where the pages must be composed. */
  #take(part: Part, index: number): boolean {
    const { member } = part;
    const labels = this.#render(member.attributes(index), member.shared);
    if (this.#isComposed) return this.#addComposed(part, index, labels);
    const { shape, series } = member.fixed!;
    if (!this.#ids.add(labels.id, series(index))) return false;
    const most = Math.min(this.#options.seriesPerPage, Math.ceil((this.#options.seriesPerPage * USUAL_LINES) / shape.lines));
    pageWithRoom(part.fixed, most, () => new FixedPage(shape, this.#options.spare)).add(series(index), labels.text);
    return true;
  }

  #addComposed(part: Part, index: number, { text, id }: prometheusParts.SeriesLabels): boolean {
    const { member } = part;
    const source = { labels: text, isSum: member.isSum, value: () => member.value(index), version: () => member.version(index) };
    const slot = this.#slots.get(id);
    if (slot === undefined) {
      const added: OwnedSlot = { sources: [source], owners: [member] };
      this.#slots.set(id, added);
      pageWithRoom(part.composed, Math.ceil(this.#options.seriesPerPage / COMPOSING), () => new ComposedPage(this.family)).add(added);
      return true;
    }
    const place = slot.owners.findLastIndex((owner) => this.#order(owner) <= this.#order(member)) + 1;
    // It stands where the first of its members has it, which that is now.
    if (place === 0) return false;
    slot.sources.splice(place, 0, source);
    slot.owners.splice(place, 0, member);
    return true;
  }

  #order(member: Member): number {
    return this.#parts.findIndex((part) => part.member === member);
  }

  /** Begins anew. Who has the pages that were, may still go through them. */
  #compose(): void {
    this.#isComposed = true;
    this.#pages = undefined;
    this.#slots.clear();
    this.#ids = this.#newIds();
    this.#parts = this.#parts.map(({ member }) => newPart(member));
  }

  #newIds(): SeriesIds<CatalogueSeries> {
    return new SeriesIds((series) => this.#render(series.attributes, this.#ownerOf(series).shared).id);
  }

  #ownerOf({ stream }: CatalogueSeries): Member {
    return this.#parts.find(({ member }) => member.fixed?.stream === stream)!.member;
  }

  #render(attributes: Attributes, shared: prometheusParts.SharedLabels): prometheusParts.SeriesLabels {
    return this.#options.labels.series(attributes, shared, this.family.type === 'histogram');
  }
}

function newPart(member: Member): Part {
  return { member, taken: 0, fixed: [], composed: [] };
}

function pageWithRoom<P extends Page>(pages: P[], most: number, newPage: () => P): P {
  const last = pages.at(-1);
  if (last !== undefined && last.size < most) return last;
  const page = newPage();
  pages.push(page);
  return page;
}
