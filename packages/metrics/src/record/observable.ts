import { createNoopMeter, type Attributes, type Meter, type Observable as Instrument, type ObservableResult } from '@opentelemetry/api';
import { INSTRUMENT_MAPPING } from '../model/instrument-mapping.ts';
import { MetricType } from '../model/metric-type.ts';

/** What one collector observes of a metric with fixed tags. */
export interface ObservedPoint {
  /** Equal for equal tags. */
  readonly key: string;
  readonly attributes: Attributes | undefined;
  /** As of now; `undefined` where there is nothing to tell. Never throws. */
  read(): number | undefined;
}

/**
 * An instrument that is read at collection. Of two callbacks that observe the same attributes only the last would count: so all collectors
 * of a provider share one, which adds up what they say of a counter, and of another metric takes what the newest says.
 */
export class Observable {
  readonly #points = new Map<string, Set<ObservedPoint>>();
  readonly #adds: boolean;

  constructor(instrument: Instrument, type: MetricType) {
    this.#adds = type === MetricType.COUNTER;
    instrument.addCallback((result) => this.#observe(result));
  }

  add(point: ObservedPoint): void {
    const known = this.#points.get(point.key);
    if (known === undefined) this.#points.set(point.key, new Set([point]));
    else known.add(point);
  }

  remove(point: ObservedPoint): void {
    const known = this.#points.get(point.key);
    if (known?.delete(point) && known.size === 0) this.#points.delete(point.key);
  }

  #observe(result: ObservableResult): void {
    for (const points of this.#points.values()) {
      let value: number | undefined;
      let attributes: Attributes | undefined;
      for (const point of points) {
        const read = point.read();
        if (read === undefined) continue;
        value = this.#adds && value !== undefined ? value + read : read;
        attributes = point.attributes;
      }
      if (value !== undefined) result.observe(value, attributes);
    }
  }
}

const observables = new WeakMap<Meter, Map<string, Observable>>();

export function observableOf(meter: Meter, name: string, type: MetricType): Observable {
  // The meter of a process without a provider lives for ever, and would keep alive whatever is observed.
  if (meter === createNoopMeter()) return make(meter, name, type);
  let known = observables.get(meter);
  if (known === undefined) {
    known = new Map();
    observables.set(meter, known);
  }
  const key = `${name}\0${type}`;
  let observable = known.get(key);
  if (observable === undefined) {
    observable = make(meter, name, type);
    known.set(key, observable);
  }
  return observable;
}

function make(meter: Meter, name: string, type: MetricType): Observable {
  const { kind, unit } = INSTRUMENT_MAPPING[type];
  const instrument = kind === 'counter' ? meter.createObservableCounter(name, { unit }) : meter.createObservableGauge(name, { unit });
  return new Observable(instrument, type);
}
