import type { Attributes } from '@opentelemetry/api';
import { OPEN_METRICS, type TextFormat } from './format.ts';
import { familyType, metricName, type FamilyType, type MetricKind } from './names.ts';
import type { PrometheusNaming } from './options.ts';
import { LeLabels, type BoundText, type SeriesText } from './series.ts';
import { goNumberText } from './text.ts';
import { unitQuantity } from './units.ts';

export const TARGET_INFO = 'target_info';

export interface FamilyHeader {
  readonly name: string;
  readonly type: FamilyType | 'unknown';
}

/** A name in the output, and what is remembered for it between scrapes. */
export interface Family {
  readonly name: string;
  readonly type: FamilyType;
  readonly format: TextFormat;
  /** What the lines before its samples call it. */
  readonly header: FamilyHeader;
  /** '' until a metric with a unit joins. */
  quantity: string;
  lastScrape: number;
  readonly series: WeakMap<Attributes, SeriesText>;
  readonly leLabels: LeLabels;
}

/** Instruments that may be remembered beyond twice those of the latest scrape. */
const SPARE_INSTRUMENTS = 1_000;

/**
 * Gives every metric a family, so that no name stands for two things and nothing is dropped:
 *
 * - Metrics of one name, type and unit are one family, whatever scope they come from; an absent unit agrees with any.
 * - Where type or unit differ, or where a name is also one of a histogram's own (`x_count` beside a histogram `x`), the metric that
 *   comes later gets the first free one of `x_2`, `x_3`, ...; a counter's `_total` stays last. In OpenMetrics more names are a family's own:
 *   a counter `x_total` is called `x` there, and counters and histograms have `x_created`.
 * - A name once given stays with its metric, even if its rival comes first in a later scrape. Only a metric that was absent from
 *   the latest scrape can lose its name, when more than twice as many instruments are remembered as are in use.
 */
export class FamilyRegistry {
  readonly #naming: PrometheusNaming;
  readonly #boundText: BoundText;
  readonly #prefix: string;
  readonly #format: TextFormat;
  readonly #byInstrument = new Map<string, Family>();
  readonly #byWantedName = new Map<string, Family[]>();
  readonly #takenNames = new Set<string>();
  #scrape = 0;
  #instruments = 0;

  constructor(naming: PrometheusNaming, prefix: string, format: TextFormat = 'text') {
    this.#naming = naming;
    this.#boundText = naming === 'official' ? String : goNumberText;
    this.#prefix = prefix;
    this.#format = format;
  }

  /** To be called before the families of each scrape are asked for. */
  beginScrape(): void {
    if (this.#byInstrument.size > 2 * this.#instruments + SPARE_INSTRUMENTS) this.#forgetUnused();
    this.#scrape += 1;
    this.#instruments = 0;
  }

  /** Undefined for a kind of data that the text format cannot carry. */
  familyOf(metric: MetricKind): Family | undefined {
    const type = familyType(metric);
    if (type === undefined) return undefined;
    this.#instruments += 1;
    const { name, unit } = metric.descriptor;
    const key = `${metric.dataPointType}${type}\0${unit}\0${name}`;
    let family = this.#byInstrument.get(key);
    if (family === undefined) {
      family = this.named(metricName(this.#naming, this.#prefix, metric), type, unitQuantity(unit));
      this.#byInstrument.set(key, family);
    }
    family.lastScrape = this.#scrape;
    return family;
  }

  /** Of the series that carries the resource. */
  targetInfo(): Family {
    return this.named(TARGET_INFO, this.#format === OPEN_METRICS ? 'info' : 'gauge', '');
  }

  /** The family that has this name, or would have but for a clash. */
  named(wanted: string, type: FamilyType, quantity: string): Family {
    const rivals = this.#byWantedName.get(wanted) ?? [];
    for (const rival of rivals) {
      if (rival.type === type && (rival.quantity === quantity || rival.quantity === '' || quantity === '')) {
        if (rival.quantity === '') rival.quantity = quantity;
        rival.lastScrape = this.#scrape;
        return rival;
      }
    }
    const name = this.#freeName(wanted, type);
    const family: Family = {
      name,
      type,
      format: this.#format,
      header: headerOf(name, type, this.#format),
      quantity,
      lastScrape: this.#scrape,
      series: new WeakMap(),
      leLabels: new LeLabels(this.#boundText),
    };
    this.#byWantedName.set(wanted, [...rivals, family]);
    for (const taken of takenNames(name, type, this.#format)) this.#takenNames.add(taken);
    return family;
  }

  #freeName(wanted: string, type: FamilyType): string {
    const total = type === 'counter' && wanted.endsWith('_total') ? '_total' : '';
    const stem = wanted.slice(0, wanted.length - total.length);
    let name = wanted;
    for (let n = 2; takenNames(name, type, this.#format).some((taken) => this.#takenNames.has(taken)); n += 1)
      name = `${stem}_${n}${total}`;
    return name;
  }

  #forgetUnused(): void {
    this.#byInstrument.clear();
    this.#takenNames.clear();
    for (const [wanted, families] of this.#byWantedName) {
      const used = families.filter((family) => family.lastScrape === this.#scrape);
      if (used.length === 0) this.#byWantedName.delete(wanted);
      else this.#byWantedName.set(wanted, used);
      for (const { name, type } of used) for (const taken of takenNames(name, type, this.#format)) this.#takenNames.add(taken);
    }
  }
}

function headerOf(name: string, type: FamilyType, format: TextFormat): FamilyHeader {
  if (format !== OPEN_METRICS) return { name, type };
  if (type === 'info') return { name: withoutEnd(name, '_info'), type };
  if (type !== 'counter') return { name, type };
  // One that comes to nothing but `total` has no name to be called by.
  const stem = withoutEnd(name, '_total');
  return stem === '' || stem === name ? { name, type: 'unknown' } : { name: stem, type };
}

function withoutEnd(name: string, end: string): string {
  return name.endsWith(end) ? name.slice(0, -end.length) : name;
}

/** Every name that stands for the family, or for a part of it. */
export function namesOf({ name, type, format }: Family): readonly string[] {
  return takenNames(name, type, format);
}

/** Every name that a family's lines have, or might have. */
function takenNames(name: string, type: FamilyType, format: TextFormat): string[] {
  const taken = type === 'histogram' ? [name, `${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
  if (format !== OPEN_METRICS) return taken;
  const header = headerOf(name, type, format);
  if (header.name !== name) taken.push(header.name);
  if (header.type === 'counter' || header.type === 'histogram') taken.push(`${header.name}_created`);
  return taken;
}
