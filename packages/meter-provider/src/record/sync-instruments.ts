import type { Attributes, Context, Counter, Gauge, Histogram, UpDownCounter } from '@opentelemetry/api';
import type { RecordingCell } from '../cells/recording-cell.ts';
import { Admission, isAdmitted } from './admission.ts';
import { BoundGauge, BoundHistogram, BoundSum, UNBOUND, type Bindable, type BoundInstrument } from './bound-instrument.ts';
import type { InstrumentDescriptor } from './instrument-descriptor.ts';
import type { Losses } from './losses.ts';
import type { SyncStorage } from './sync-storage.ts';

// A class for each kind of cell, though they read alike: one call site that met all kinds of cells would find each of them slowly. And what
// is not for nearly every record is left to `recordOtherwise`: the whole way into the cell is compiled into the caller's code only as long
// as it is short, and otherwise each number is boxed on the way.

abstract class SyncInstrument implements Bindable {
  protected readonly least: number;
  protected readonly isWhole: boolean;
  /** The only stream, where cells are found by the caller's attributes alone: nearly always. */
  protected readonly only: SyncStorage | undefined;
  readonly #admission: Admission;
  readonly #storages: readonly SyncStorage[];

  constructor(descriptor: InstrumentDescriptor, storages: readonly SyncStorage[], losses: Losses) {
    this.#admission = new Admission(descriptor, losses);
    this.least = this.#admission.least;
    this.isWhole = this.#admission.isWhole;
    this.#storages = storages;
    const [first] = storages;
    this.only = storages.length === 1 && first!.isPure ? first : undefined;
  }

  bind(attributes?: Attributes): BoundInstrument {
    const copy = { ...attributes };
    if (this.only !== undefined) return this.bound(this.#admission, this.only, copy);
    const write = (value: number): void => this.recordOtherwise(value, copy, undefined);
    return { add: write, record: write };
  }

  protected abstract bound(admission: Admission, storage: SyncStorage, attributes: Attributes): BoundInstrument;

  /** Any value, to all streams. */
  protected recordOtherwise(value: number, attributes: Attributes | undefined, context: Context | undefined): void {
    const taken = isAdmitted(value, this.least, this.isWhole) ? value : this.#admission.mend(value);
    if (taken === undefined) return;
    for (const storage of this.#storages) storage.record(taken, attributes, context);
  }
}

abstract class SumInstrument extends SyncInstrument {
  add(value: number, attributes?: Attributes, context?: Context): void {
    const { only } = this;
    if (only === undefined || !isAdmitted(value, this.least, this.isWhole)) this.recordOtherwise(value, attributes, context);
    else only.cells.get(attributes).record(value);
  }

  protected override bound(admission: Admission, storage: SyncStorage, attributes: Attributes): BoundInstrument {
    return new BoundSum(admission, storage, attributes);
  }
}

export class CounterInstrument extends SumInstrument implements Counter {}

export class UpDownCounterInstrument extends SumInstrument implements UpDownCounter {}

export class HistogramInstrument extends SyncInstrument implements Histogram {
  /** As `only`, where values need not be integers: nearly always. */
  readonly #only: SyncStorage | undefined;
  /** The cell of no attributes, once there is one. */
  #bare: RecordingCell = UNBOUND;

  constructor(descriptor: InstrumentDescriptor, storages: readonly SyncStorage[], losses: Losses) {
    super(descriptor, storages, losses);
    this.#only = this.isWhole ? undefined : this.only;
  }

  record(value: number, attributes?: Attributes, context?: Context): void {
    if (attributes === undefined) {
      if (typeof value === 'number' && this.#bare.tryRecord(value)) return;
    } else if (typeof value === 'number' && this.#only?.cells.find(attributes)?.tryRecord(value)) return;
    this.recordOtherwise(value, attributes, context);
    this.#bare = this.#only?.cells.find(undefined) ?? UNBOUND;
  }

  protected override bound(admission: Admission, storage: SyncStorage, attributes: Attributes): BoundInstrument {
    return new BoundHistogram(admission, storage, attributes);
  }
}

export class GaugeInstrument extends SyncInstrument implements Gauge {
  record(value: number, attributes?: Attributes, context?: Context): void {
    const { only } = this;
    if (only === undefined || !isAdmitted(value, this.least, this.isWhole)) this.recordOtherwise(value, attributes, context);
    else only.cells.get(attributes).record(value);
  }

  protected override bound(admission: Admission, storage: SyncStorage, attributes: Attributes): BoundInstrument {
    return new BoundGauge(admission, storage, attributes);
  }
}
