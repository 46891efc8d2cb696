import type { HrTime } from '@opentelemetry/api';
import type { AggregationTemporality, InstrumentType, MetricData, ScopeMetrics } from '@opentelemetry/sdk-metrics';
import type { Catalogue, CatalogueStream } from '../memory/catalogue.ts';
import { Interval } from './interval.ts';
import { streamReader, type AnyStreamReader } from './stream-readers.ts';

export interface PlanOptions {
  readonly readerIndex: number | undefined;
  readonly selectTemporality: (type: InstrumentType) => AggregationTemporality;
}

interface PlannedMetric {
  readonly name: string;
  readonly reader: AnyStreamReader;
}

interface PlannedScope {
  readonly scope: ScopeMetrics['scope'];
  readonly metrics: PlannedMetric[];
}

/** What a reader gets, in the order of a collection: scopes as they were first seen, and in them metrics, those of one name together. */
export class Plan {
  readonly #catalogue: Catalogue;
  readonly #options: PlanOptions;
  readonly #interval: Interval;
  readonly #scopes = new Map<string, PlannedScope>();
  #streams = 0;
  #timeBefore: HrTime = [0, 0];

  constructor(catalogue: Catalogue, options: PlanOptions) {
    this.#catalogue = catalogue;
    this.#options = options;
    this.#interval = new Interval(catalogue.arena);
  }

  /** Everything that the catalogue has now. */
  collect(time: HrTime): ScopeMetrics[] {
    const { streams } = this.#catalogue;
    while (this.#streams < streams.length) this.#add(streams[this.#streams++]!);
    this.#interval.next();
    const collected: ScopeMetrics[] = [];
    for (const { scope, metrics } of this.#scopes.values()) {
      const data: MetricData[] = [];
      for (const { reader } of metrics) {
        const metric = reader.collect(time, this.#timeBefore);
        if (metric !== undefined) data.push(metric);
      }
      if (data.length > 0) collected.push({ scope, metrics: data });
    }
    this.#timeBefore = time;
    return collected;
  }

  #add(stream: CatalogueStream): void {
    const { readerIndex, selectTemporality } = this.#options;
    const { readers, scope, name, type } = stream.descriptor;
    if (readers !== undefined && (readerIndex === undefined || !readers.includes(readerIndex))) return;
    const key = JSON.stringify([scope.name, scope.version, scope.schemaUrl]);
    let planned = this.#scopes.get(key);
    if (planned === undefined) this.#scopes.set(key, (planned = { scope, metrics: [] }));
    const reader = streamReader(this.#catalogue.arena, stream, selectTemporality(type), this.#interval);
    const { metrics } = planned;
    const same = metrics.findLastIndex((metric) => metric.name === name);
    metrics.splice(same < 0 ? metrics.length : same + 1, 0, { name, reader });
  }
}
