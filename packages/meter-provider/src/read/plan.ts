import type { HrTime } from '@opentelemetry/api';
import type { AggregationTemporality, InstrumentType, MetricData, ScopeMetrics } from '@opentelemetry/sdk-metrics';
import type { Catalogue, CatalogueStream } from '../memory/catalogue.ts';
import { Interval } from './interval.ts';
import { isFor } from '../model/stream.ts';
import { StreamOrder } from '../model/stream-order.ts';
import { streamReader, type AnyStreamReader } from './stream-readers.ts';

export interface PlanOptions {
  readonly readerIndex: number | undefined;
  readonly selectTemporality: (type: InstrumentType) => AggregationTemporality;
}

interface PlannedMetric {
  readonly stream: CatalogueStream;
  readonly reader: AnyStreamReader;
}

/** What a reader gets, in the order of a collection: scopes as they were first seen, and in them metrics, those of one name together. */
export class Plan {
  readonly #catalogue: Catalogue;
  readonly #options: PlanOptions;
  readonly #interval: Interval;
  readonly #order = new StreamOrder<PlannedMetric>();
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
    for (const metrics of this.#order.scopes()) {
      const data: MetricData[] = [];
      for (const { reader } of metrics) {
        const metric = reader.collect(time, this.#timeBefore);
        if (metric !== undefined) data.push(metric);
      }
      if (data.length > 0) collected.push({ scope: metrics[0]!.stream.descriptor.scope, metrics: data });
    }
    this.#timeBefore = time;
    return collected;
  }

  #add(stream: CatalogueStream): void {
    const { readerIndex, selectTemporality } = this.#options;
    const { descriptor } = stream;
    if (!isFor(descriptor, readerIndex)) return;
    const reader = streamReader(this.#catalogue.arena, stream, selectTemporality(descriptor.type), this.#interval);
    this.#order.add({ stream, reader });
  }
}
