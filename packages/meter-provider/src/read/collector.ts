import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  type IMetricReader,
  type InstrumentType,
  type MetricCollectOptions,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { Arena } from '../memory/arena.ts';
import { Catalogue } from '../memory/catalogue.ts';
import { Observation } from './observation.ts';
import { Plan } from './plan.ts';
import { hrTime } from './time.ts';

export interface ProducerOptions {
  /** What is read: the arena of any provider of this process, in whichever thread the producer is. */
  readonly arena: Arena;
  readonly resource: Resource;
  /** Selects the temporality per type of instrument. Default cumulative for all. */
  readonly reader?: Pick<IMetricReader, 'selectAggregationTemporality'>;
  /** The reader's place in the provider's options: it gets the streams that are meant for it alone, too. Default those for all. */
  readonly readerIndex?: number;
  /** Runs the callbacks of this thread, and tells their errors; that of `Observables`. Absent where this thread has no provider. */
  readonly observe?: (timeoutMillis?: number) => Promise<readonly unknown[]>;
  /** How long a collection waits for the observable instruments of other threads, in milliseconds. Default 50; from 0. */
  readonly observeTimeoutMillis?: number;
}

/**
 * What any reader and exporter of the SDK can take (`reader.setMetricProducer(producer)`): it collects what all threads have recorded, as
 * the SDK would have it for the same calls.
 *
 * - A producer is for one reader: what it told last of a delta stream is its own. Any number of producers may read the same arena.
 * - A series is there from its first value on, and a histogram only with values. What has not changed since is absent in deltas: a counter
 *   or an up-down counter whose changes add up to 0 is not told from one without any. A series' delta begins where the one before ended.
 * - Minimum and maximum of a delta are those of its interval for the first producer of the process that reads a histogram as deltas. To any
 *   other they are unknown, but in the first delta of a series.
 * - The scale of exponential deltas is that of the whole time, which may be lower than the interval alone would have.
 * - Points of a collection are new objects, which the receiver may keep. Attributes, boundaries, descriptors and scopes are the same ones in
 *   every collection, as in the SDK: not to be changed.
 * - Callbacks of other threads are asked for and waited for until `observeTimeoutMillis`; a thread that is late, since it is blocked, tells
 *   its values as they were last, and is hardly waited for again until it has answered.
 * - Up-down counters and gauges that a thread observed go when it ends; counters stay.
 *
 * @throws RangeError for an `observeTimeoutMillis` below 0 or not finite.
 */
export function createProducer(options: ProducerOptions): MetricProducer {
  return new Collector(options);
}

class Collector implements MetricProducer {
  readonly #catalogue: Catalogue;
  readonly #resource: Resource;
  readonly #observation: Observation;
  readonly #plan: Plan;

  constructor({ arena, resource, reader, readerIndex, observe, observeTimeoutMillis }: ProducerOptions) {
    this.#catalogue = new Catalogue(arena);
    this.#resource = resource;
    this.#observation = new Observation(arena, observe, observeTimeoutMillis);
    const selectTemporality = (type: InstrumentType) => reader?.selectAggregationTemporality(type) ?? AggregationTemporality.CUMULATIVE;
    this.#plan = new Plan(this.#catalogue, { readerIndex, selectTemporality });
  }

  async collect(options?: MetricCollectOptions): Promise<CollectionResult> {
    this.#catalogue.refresh();
    const errors = await this.#observation.run(this.#catalogue.observing, options?.timeoutMillis);
    // From here on nothing waits, so that collections at the same time do not come between each other.
    this.#catalogue.refresh();
    const scopeMetrics = this.#plan.collect(hrTime(Date.now()));
    return { resourceMetrics: { resource: this.#resource, scopeMetrics }, errors: [...errors] };
  }
}
