import type { DataPoint, MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { FamilyRegistry, TARGET_INFO, type Family } from './families.ts';
import { LabelRenderer, NO_SHARED_LABELS, type SharedLabels } from './labels.ts';
import { headerText, NO_METRICS, sampleText, TARGET_INFO_HELP } from './lines.ts';
import { resolveOptions, type PrometheusOptions, type ResolvedOptions } from './options.ts';
import { POINT_TYPE } from './point-type.ts';
import { seriesText, type SeriesText } from './series.ts';
import { mergeValue, type PointValue, type ShownValue } from './values.ts';

/** A chunk ends with the series that takes it past so many characters. */
const CHUNK_LENGTH = 32_768;
/** A scrape's labels are looked up, and cold ones rendered, in steps of so many points. */
const POINTS_PER_STEP = 50;

interface Member {
  readonly metric: Pick<MetricData, 'dataPointType'> & { readonly dataPoints: readonly DataPoint<PointValue>[] };
  readonly shared: SharedLabels;
}

/** What one scrape has of a family. */
interface Group {
  readonly family: Family;
  help: string;
  unit: string;
  readonly members: Member[];
}

interface Sample extends ShownValue {
  readonly text: SeriesText;
  endTime: DataPoint<PointValue>['endTime'];
}

/**
 * Writes collected metrics in the Prometheus text format 0.0.4. What the official exporter drops or writes illegally is written
 * completely and legally, under either naming:
 *
 * - An exponential histogram is a classic one of at most 160 finite bounds.
 * - Attributes that come to one label are joined with `;` in the order of their keys. They displace labels of the scope and the
 *   resource. A histogram's own attribute `le` is `exported_le`.
 * - Metrics that come to one name are one family if type and unit agree (the first description stays); otherwise the later is
 *   called `x_2`, `x_3`, ... (`x_2_total`) and keeps that name.
 * - Points that come to the same labels, in any order, empty ones aside, are one series: the sum of both for sums and histograms
 *   (on the bounds both have), the later one for gauges.
 *
 * Delta data are written as they are; a scraper wants cumulative ones.
 *
 * An instance remembers rendered labels and given names, so keep one per endpoint. It keeps no attributes object alive, and
 * several `chunks()` may be under way at once.
 */
export class PrometheusTextSerializer {
  readonly #options: ResolvedOptions;
  readonly #families: FamilyRegistry;
  readonly #labels: LabelRenderer;

  /** @throws TypeError naming the option that is not what {@link PrometheusOptions} asks for. */
  constructor(options: PrometheusOptions = {}) {
    this.#options = resolveOptions(options);
    this.#families = new FamilyRegistry(this.#options.naming, this.#options.prefix);
    this.#labels = new LabelRenderer(this.#options);
  }

  /** The chunks of {@link chunks} in one string, which ends with a line feed unless it is empty. */
  serialize(resourceMetrics: ResourceMetrics): string {
    let text = '';
    for (const chunk of this.chunks(resourceMetrics)) text += chunk;
    return text;
  }

  /**
   * The text in pieces of about 32 KiB, one series longer at most, so that the caller can let other work run in between. A
   * chunk may be empty: nothing to send, but a place to pause. The metrics must not change until the last chunk is drawn.
   */
  *chunks(resourceMetrics: ResourceMetrics): Generator<string, void, undefined> {
    const isOfficial = this.#options.naming === 'official';
    let isEmpty = true;
    let text = '';
    for (const group of this.#group(resourceMetrics)) {
      const { family, help, unit } = group;
      const samples = yield* this.#samples(group);
      text += headerText(family, this.#options.naming, help, unit);
      for (const sample of samples) {
        text += sampleText(family, sample.text, sample.value, this.#end(sample));
        if (text.length >= CHUNK_LENGTH) {
          yield text;
          text = '';
        }
      }
      if (family.name !== TARGET_INFO || samples.length > 1 || !this.#options.targetInfo) isEmpty = false;
    }
    if (isOfficial && isEmpty) text += NO_METRICS;
    if (text !== '') yield text;
  }

  #group({ resource, scopeMetrics }: ResourceMetrics): Iterable<Group> {
    this.#families.beginScrape();
    const groups = new Map<Family, Group>();
    if (this.#options.targetInfo) {
      // Reserved even when it is not written, so that no metric takes the name before the resource is known.
      const family = this.#families.targetInfo();
      if (this.#options.naming === 'official' || Object.keys(resource.attributes).length > 0) {
        const dataPoints = [{ attributes: resource.attributes, value: 1, startTime: NO_TIME, endTime: NO_TIME }];
        const metric = { dataPointType: POINT_TYPE.GAUGE, dataPoints };
        groups.set(family, { family, help: TARGET_INFO_HELP, unit: '', members: [{ metric, shared: NO_SHARED_LABELS }] });
      }
    }
    const constantLabels = this.#labels.constantLabels(resource.attributes);
    for (const { scope, metrics } of scopeMetrics) {
      const shared = this.#labels.shared(scope, constantLabels);
      for (const metric of metrics) {
        const family = this.#families.familyOf(metric);
        if (family === undefined) continue;
        let group = groups.get(family);
        if (group === undefined) groups.set(family, (group = { family, help: '', unit: '', members: [] }));
        group.help ||= metric.descriptor.description;
        group.unit ||= metric.descriptor.unit;
        group.members.push({ metric, shared });
      }
    }
    return groups.values();
  }

  /** One sample for each distinct set of labels. */
  *#samples({ family, members }: Group): Generator<string, Sample[], undefined> {
    const byId = new Map<string, Sample>();
    let points = 0;
    for (const { metric, shared } of members) {
      const isSum = metric.dataPointType === POINT_TYPE.SUM;
      for (const { attributes, value, endTime } of metric.dataPoints) {
        const text = seriesText(family, attributes, shared, this.#labels);
        const earlier = byId.get(text.id);
        if (earlier === undefined) byId.set(text.id, { text, value, endTime, isSum });
        else {
          mergeValue(earlier, value, isSum);
          earlier.endTime = endTime;
        }
        points += 1;
        if (points % POINTS_PER_STEP === 0) yield '';
      }
    }
    return [...byId.values()];
  }

  #end({ endTime }: Sample): string {
    return this.#options.appendTimestamp && endTime !== NO_TIME ? ` ${milliseconds(endTime)}\n` : '\n';
  }
}

const NO_TIME: DataPoint<PointValue>['endTime'] = [0, 0];

function milliseconds([seconds, nanoseconds]: Sample['endTime']): number {
  return seconds * 1_000 + Math.floor(nanoseconds / 1e6);
}
