import { metrics, type Attributes, type Counter, type Meter, type MeterProvider } from '@opentelemetry/api';
import { INSTRUMENT_MAPPING } from '../model/instrument-mapping.ts';
import type { MetricType } from '../model/metric-type.ts';
import { distinctLegalName, legalName } from './legal-name.ts';
import { observableOf, type Observable } from './observable.ts';

/** What a series writes to. */
export interface Sink {
  record(value: number, attributes?: Attributes): void;
  /** A sink for one set of attributes. Not all providers' instruments have it; those of `@otel-perf/meter-provider` do. */
  bind?(attributes?: Attributes): Sink;
}

/** The metric behind an instrument of ours. */
export interface Origin {
  readonly name: string;
  readonly type: MetricType;
  readonly source: string;
  /** Whether its instrument is read at collection, in place of being written to. */
  readonly observed?: boolean;
}

/** Of an observed series: OpenTelemetry asks for its value. */
const READ_AT_COLLECTION: Sink = { record() {} };

/**
 * Gets or makes the instrument of a metric. The provider is looked up at each record, so that instruments appear with a provider that is
 * set later, and move with one that is replaced.
 */
export class Instruments {
  readonly #provider: MeterProvider | undefined;
  readonly #timeBoundaries: readonly number[];
  readonly #onProvider: (meter: Meter) => void;
  readonly #byProvider = new WeakMap<MeterProvider, OfProvider>();
  /** By scope and instrument name: the metrics whose data points a reader recognises as ours. */
  readonly #origins = new Map<string, Origin>();
  readonly #names = new Map<string, string>();

  /** `onProvider` is called with a meter of our own once per provider, when it is first used. */
  constructor(provider: MeterProvider | undefined, timeBoundaries: readonly number[], onProvider: (meter: Meter) => void) {
    this.#provider = provider;
    this.#timeBoundaries = timeBoundaries;
    this.#onProvider = onProvider;
  }

  provider(): MeterProvider {
    return this.#provider ?? metrics.getMeterProvider();
  }

  sink(provider: MeterProvider, origin: Origin): Sink {
    if (origin.observed === true) return READ_AT_COLLECTION;
    const { sinks } = this.#known(provider);
    const key = metricKey(origin);
    let sink = sinks.get(key);
    if (sink === undefined) {
      sink = this.#make(provider.getMeter(origin.source), this.instrumentName(origin), origin.type);
      sinks.set(key, sink);
    }
    return sink;
  }

  /** As `sink`, bound to the attributes where that is possible: their cell is then found once, not at each record. */
  boundSink(provider: MeterProvider, origin: Origin, attributes: Attributes | undefined): Sink {
    const sink = this.sink(provider, origin);
    if (typeof sink.bind !== 'function') return sink;
    const bound: Partial<Sink> | undefined = sink.bind(attributes);
    return typeof bound?.record === 'function' ? (bound as Sink) : sink;
  }

  /** The instrument of an observed metric, which all collectors of the provider share. */
  observable(provider: MeterProvider, origin: Origin): Observable {
    const { observables } = this.#known(provider);
    const name = this.instrumentName(origin);
    let observable = observables.get(name);
    if (observable === undefined) {
      observable = observableOf(provider.getMeter(origin.source), name, origin.type);
      observables.set(name, observable);
    }
    return observable;
  }

  /** The meter of otel-perf's metrics about itself; kept, since a provider that is shut down makes no more. */
  selfMeter(provider: MeterProvider): Meter {
    return this.#known(provider).self;
  }

  #known(provider: MeterProvider): OfProvider {
    let known = this.#byProvider.get(provider);
    if (known === undefined) {
      known = { self: provider.getMeter(SELF_SCOPE), sinks: new Map(), observables: new Map() };
      this.#byProvider.set(provider, known);
      this.#onProvider(known.self);
    }
    return known;
  }

  /** The metric that an instrument of ours carries; `undefined` for instruments of others. */
  origin(scope: string, instrument: string): Origin | undefined {
    return this.#origins.get(originKey(scope, instrument));
  }

  /**
   * The legal name of the metric's instrument, the same in every provider. Two metrics of one source never share an instrument: the later
   * one gets a distinct name.
   */
  instrumentName(origin: Origin): string {
    const key = metricKey(origin);
    let name = this.#names.get(key);
    if (name !== undefined) return name;
    name = legalName(origin.name);
    for (let salted = `${origin.name}\0${origin.type}`; this.origin(origin.source, name) !== undefined; salted += '\0') {
      name = distinctLegalName(salted);
    }
    this.#names.set(key, name);
    this.#origins.set(originKey(origin.source, name), origin);
    return name;
  }

  #make(meter: Meter, name: string, type: MetricType): Sink {
    const { kind, unit } = INSTRUMENT_MAPPING[type];
    if (kind === 'histogram') {
      return meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries: [...this.#timeBoundaries] } });
    }
    if (kind === 'gauge') return meter.createGauge(name, { unit });
    const counter: Counter & Partial<Sink> = meter.createCounter(name, { unit });
    const sink: Sink = { record: (value, attributes) => counter.add(value, attributes) };
    return typeof counter.bind === 'function' ? { ...sink, bind: (attributes) => counter.bind!(attributes) } : sink;
  }
}

interface OfProvider {
  readonly self: Meter;
  readonly sinks: Map<string, Sink>;
  readonly observables: Map<string, Observable>;
}

/** The instrumentation scope of otel-perf's metrics about itself. */
export const SELF_SCOPE = '@otel-perf/metrics';

function metricKey({ type, source, name, observed = false }: Origin): string {
  return `${type}\0${observed}\0${source}\0${name}`;
}

/** Instrument names are the same name in any case, says the specification. */
function originKey(scope: string, instrument: string): string {
  return `${scope}\0${instrument.toLowerCase()}`;
}
