import type {
  BatchObservableCallback,
  Counter,
  Gauge,
  Histogram,
  Meter as ApiMeter,
  MetricOptions,
  Observable,
  UpDownCounter,
} from '@opentelemetry/api';
import { InstrumentType } from '@opentelemetry/sdk-metrics';
import type { Scope } from '../model/stream.ts';
import { describeInstrument } from './instrument-descriptor.ts';
import { MeterStreams, type ProviderState } from './meter-streams.ts';
import { ObservableInstrument } from './observable-instruments.ts';
import type { Observables } from './observables.ts';
import { CounterInstrument, GaugeInstrument, HistogramInstrument, UpDownCounterInstrument } from './sync-instruments.ts';

/** Makes the instruments of one scope. */
export class Meter implements ApiMeter {
  readonly #state: ProviderState;
  readonly #observables: Observables;
  readonly #streams: MeterStreams;

  constructor(scope: Scope, state: ProviderState, observables: Observables) {
    this.#state = state;
    this.#observables = observables;
    this.#streams = new MeterStreams(scope, state);
  }

  createGauge(name: string, options?: MetricOptions): Gauge {
    const descriptor = describeInstrument(name, InstrumentType.GAUGE, options);
    return new GaugeInstrument(descriptor, this.#streams.sync(descriptor), this.#state.losses);
  }

  createHistogram(name: string, options?: MetricOptions): Histogram {
    const descriptor = describeInstrument(name, InstrumentType.HISTOGRAM, options);
    return new HistogramInstrument(descriptor, this.#streams.sync(descriptor), this.#state.losses);
  }

  createCounter(name: string, options?: MetricOptions): Counter {
    const descriptor = describeInstrument(name, InstrumentType.COUNTER, options);
    return new CounterInstrument(descriptor, this.#streams.sync(descriptor), this.#state.losses);
  }

  createUpDownCounter(name: string, options?: MetricOptions): UpDownCounter {
    const descriptor = describeInstrument(name, InstrumentType.UP_DOWN_COUNTER, options);
    return new UpDownCounterInstrument(descriptor, this.#streams.sync(descriptor), this.#state.losses);
  }

  createObservableGauge(name: string, options?: MetricOptions): Observable {
    return this.#observable(name, InstrumentType.OBSERVABLE_GAUGE, options);
  }

  createObservableCounter(name: string, options?: MetricOptions): Observable {
    return this.#observable(name, InstrumentType.OBSERVABLE_COUNTER, options);
  }

  createObservableUpDownCounter(name: string, options?: MetricOptions): Observable {
    return this.#observable(name, InstrumentType.OBSERVABLE_UP_DOWN_COUNTER, options);
  }

  addBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.#observables.addBatchCallback(callback, observables);
  }

  removeBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.#observables.removeBatchCallback(callback, observables);
  }

  #observable(name: string, type: InstrumentType, options: MetricOptions | undefined): Observable {
    const descriptor = describeInstrument(name, type, options);
    return new ObservableInstrument(descriptor, this.#streams.observed(descriptor), this.#observables, this.#state.losses);
  }
}
