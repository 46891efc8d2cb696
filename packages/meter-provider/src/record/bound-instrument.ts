import type { Attributes, Counter, Gauge, Histogram, UpDownCounter } from '@opentelemetry/api';
import type { Interner } from '../attributes/interner.ts';
import { deadCell, type RecordingCell } from '../cells/recording-cell.ts';
import { isAdmitted, type Admission } from './admission.ts';
import type { SyncStorage } from './sync-storage.ts';

/**
 * One series of an instrument. `add` and `record` are the same: what the instrument does with a value, whichever of the names it has, under
 * the same checks.
 */
export interface BoundInstrument {
  add(value: number): void;
  record(value: number): void;
}

/** What the sync instruments of this provider have beyond those of the API. */
export interface Bindable {
  /**
   * A handle for one set of attributes, for hot paths: it spares looking them up. Attributes are copied; the series is there from its first
   * value on, not before. Where a view has an attributes processor of its own, that is called for each value, as ever. Keep the handle: it
   * is good for as long as the provider. After `shutdown` it does nothing.
   */
  bind(attributes?: Attributes): BoundInstrument;
}

/** Binds an instrument of any provider: where it has no `bind`, the handle is one around `add` or `record` with the attributes. */
export function bindInstrument(instrument: Counter | UpDownCounter | Gauge | Histogram, attributes?: Attributes): BoundInstrument {
  if ('bind' in instrument) return (instrument as Bindable).bind(attributes);
  const copy = { ...attributes };
  const write = 'add' in instrument ? (value: number) => instrument.add(value, copy) : (value: number) => instrument.record(value, copy);
  return { add: write, record: write };
}

/** No cell yet. */
export const UNBOUND: RecordingCell = deadCell();

// A class for each kind of cell, though they read alike: see `SyncInstrument`.

/** A series of the only stream of an instrument. */
abstract class Bound {
  protected readonly least: number;
  protected readonly isWhole: boolean;
  protected readonly storage: SyncStorage;
  /** Those of the storage when `cell` was found in them. */
  protected cells: Interner<RecordingCell> | undefined;
  protected cell: RecordingCell = UNBOUND;
  readonly #admission: Admission;
  readonly #attributes: Attributes;

  constructor(admission: Admission, storage: SyncStorage, attributes: Attributes) {
    this.least = admission.least;
    this.isWhole = admission.isWhole;
    this.storage = storage;
    this.#admission = admission;
    this.#attributes = attributes;
  }

  /** Any value, to the cell as it is now. */
  protected recordOtherwise(value: number): void {
    const taken = isAdmitted(value, this.least, this.isWhole) ? value : this.#admission.mend(value);
    if (taken === undefined) return;
    this.cells = this.storage.cells;
    this.cell = this.cells.get(this.#attributes);
    this.cell.record(taken);
  }
}

export class BoundSum extends Bound implements BoundInstrument {
  add(value: number): void {
    if (this.cells === this.storage.cells && isAdmitted(value, this.least, this.isWhole)) this.cell.record(value);
    else this.recordOtherwise(value);
  }

  record(value: number): void {
    if (this.cells === this.storage.cells && isAdmitted(value, this.least, this.isWhole)) this.cell.record(value);
    else this.recordOtherwise(value);
  }
}

export class BoundHistogram extends Bound implements BoundInstrument {
  /** That which takes values as they come: none where they must be integers. */
  #ready: RecordingCell = UNBOUND;

  record(value: number): void {
    if (typeof value === 'number' && this.#ready.tryRecord(value)) return;
    this.recordOtherwise(value);
    if (!this.isWhole) this.#ready = this.cell;
  }

  add(value: number): void {
    this.record(value);
  }
}

export class BoundGauge extends Bound implements BoundInstrument {
  record(value: number): void {
    if (this.cells === this.storage.cells && isAdmitted(value, this.least, this.isWhole)) this.cell.record(value);
    else this.recordOtherwise(value);
  }

  add(value: number): void {
    this.record(value);
  }
}
