import type { Attributes } from '@opentelemetry/api';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { familyType, metricName, type FamilyType } from './names.ts';
import type { PrometheusNaming } from './options.ts';
import { LeLabels, type BoundText, type SeriesText } from './series.ts';
import { goNumberText } from './text.ts';
import { unitQuantity } from './units.ts';

/** A name in the output, and what is remembered for it between scrapes. */
export interface Family {
  readonly name: string;
  readonly type: FamilyType;
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
 *   comes later gets the first free one of `x_2`, `x_3`, ...; a counter's `_total` stays last.
 * - A name once given stays with its metric, even if its rival comes first in a later scrape. Only a metric that was absent from
 *   the latest scrape can lose its name, when more than twice as many instruments are remembered as are in use.
 */
export class FamilyRegistry {
  readonly #naming: PrometheusNaming;
  readonly #boundText: BoundText;
  readonly #prefix: string;
  readonly #byInstrument = new Map<string, Family>();
  readonly #byWantedName = new Map<string, Family[]>();
  readonly #sampleNames = new Set<string>();
  #scrape = 0;
  #instruments = 0;

  constructor(naming: PrometheusNaming, prefix: string) {
    this.#naming = naming;
    this.#boundText = naming === 'official' ? String : goNumberText;
    this.#prefix = prefix;
  }

  /** To be called before the families of each scrape are asked for. */
  beginScrape(): void {
    if (this.#byInstrument.size > 2 * this.#instruments + SPARE_INSTRUMENTS) this.#forgetUnused();
    this.#scrape += 1;
    this.#instruments = 0;
  }

  /** Undefined for a kind of data that the text format cannot carry. */
  familyOf(metric: MetricData): Family | undefined {
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
    const family = { name, type, quantity, lastScrape: this.#scrape, series: new WeakMap(), leLabels: new LeLabels(this.#boundText) };
    this.#byWantedName.set(wanted, [...rivals, family]);
    for (const sample of sampleNames(name, type)) this.#sampleNames.add(sample);
    return family;
  }

  #freeName(wanted: string, type: FamilyType): string {
    const total = type === 'counter' && wanted.endsWith('_total') ? '_total' : '';
    const stem = wanted.slice(0, wanted.length - total.length);
    let name = wanted;
    for (let n = 2; sampleNames(name, type).some((sample) => this.#sampleNames.has(sample)); n += 1) name = `${stem}_${n}${total}`;
    return name;
  }

  #forgetUnused(): void {
    this.#byInstrument.clear();
    this.#sampleNames.clear();
    for (const [wanted, families] of this.#byWantedName) {
      const used = families.filter((family) => family.lastScrape === this.#scrape);
      if (used.length === 0) this.#byWantedName.delete(wanted);
      else this.#byWantedName.set(wanted, used);
      for (const { name, type } of used) for (const sample of sampleNames(name, type)) this.#sampleNames.add(sample);
    }
  }
}

/** Every name that a family's lines have. */
function sampleNames(name: string, type: FamilyType): string[] {
  return type === 'histogram' ? [name, `${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
}
