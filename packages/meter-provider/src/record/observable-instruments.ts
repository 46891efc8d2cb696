import type { Attributes, BatchObservableResult, Observable, ObservableCallback, ObservableResult } from '@opentelemetry/api';
import { Admission } from './admission.ts';
import type { InstrumentDescriptor } from './instrument-descriptor.ts';
import type { Losses } from './losses.ts';
import { Observations, type ObservedStorage } from './observed-storage.ts';

/** Who calls callbacks. */
export interface CallbackRegistry {
  addCallback(callback: ObservableCallback, instrument: ObservableInstrument): void;
  removeCallback(callback: ObservableCallback, instrument: ObservableInstrument): void;
}

/** An observable counter, up-down counter or gauge. */
export class ObservableInstrument implements Observable {
  readonly #admission: Admission;
  readonly #storages: readonly ObservedStorage[];
  readonly #callbacks: CallbackRegistry;

  constructor(descriptor: InstrumentDescriptor, storages: readonly ObservedStorage[], callbacks: CallbackRegistry, losses: Losses) {
    this.#admission = new Admission(descriptor, losses);
    this.#storages = storages;
    this.#callbacks = callbacks;
  }

  addCallback(callback: ObservableCallback): void {
    this.#callbacks.addCallback(callback, this);
  }

  removeCallback(callback: ObservableCallback): void {
    this.#callbacks.removeCallback(callback, this);
  }

  /** @internal Takes a value that a callback told, if it is one. */
  admit(value: number, attributes: Attributes, into: Observations): void {
    const taken = this.#admission.mend(value);
    if (taken !== undefined) into.set(attributes, taken);
  }

  /** @internal */
  record(observations: Observations, at: number, request: number): void {
    for (const storage of this.#storages) storage.record(observations, at, request);
  }
}

/** What a callback of one instrument tells its values to. */
export class InstrumentResult implements ObservableResult {
  readonly observations: Observations = new Observations();
  readonly #instrument: ObservableInstrument;

  constructor(instrument: ObservableInstrument) {
    this.#instrument = instrument;
  }

  observe(value: number, attributes: Attributes = {}): void {
    this.#instrument.admit(value, attributes, this.observations);
  }
}

/** What a callback of several instruments tells its values to. */
export class BatchResult implements BatchObservableResult {
  readonly observations: Map<ObservableInstrument, Observations> = new Map();

  observe(instrument: Observable, value: number, attributes: Attributes = {}): void {
    if (!(instrument instanceof ObservableInstrument)) return;
    let observations = this.observations.get(instrument);
    if (observations === undefined) {
      observations = new Observations();
      this.observations.set(instrument, observations);
    }
    instrument.admit(value, attributes, observations);
  }
}
