import { context as contexts, type Attributes, type Context } from '@opentelemetry/api';
import { Interner } from '../attributes/interner.ts';
import { cellWords, createCell, initialiseCell } from '../cells/cells.ts';
import { deadCell, type RecordingCell } from '../cells/recording-cell.ts';
import { NO_ROOM } from '../memory/arena.ts';
import { isPure, processAttributes } from './attributes-processors.ts';
import { Storage, type StorageParts } from './storage.ts';

/** The stream of an instrument that is written to. */
export class SyncStorage extends Storage {
  /** By the attributes that the caller gave, or by those that the processors left where they are not pure. Another one after `forget`. */
  cells: Interner<RecordingCell>;
  /** Whether cells can be found by the caller's attributes alone. */
  readonly isPure: boolean;
  /** One for each place: a cell may keep something of its own. */
  #byPlace = new Map<number, RecordingCell>();

  constructor(parts: StorageParts) {
    super(parts);
    this.isPure = parts.processors.every(isPure);
    this.cells = this.#intern();
  }

  record(value: number, attributes: Attributes = {}, context?: Context): void {
    const asked = this.isPure ? attributes : processAttributes(this.processors, attributes, context ?? contexts.active());
    this.cells.get(asked).record(value);
  }

  override forget(): void {
    super.forget();
    for (const cell of this.#byPlace.values()) cell.retire();
    this.#byPlace = new Map();
    this.cells = this.#intern();
  }

  #intern(): Interner<RecordingCell> {
    return new Interner((attributes) => this.#resolve(attributes));
  }

  #resolve(attributes: Attributes): RecordingCell {
    const { memory, aggregation, cardinalityLimit } = this;
    if (memory.isClosed) return deadCell(() => memory.tellClosed());
    const at = memory.series(this.stream, {
      attributes: this.isPure ? processAttributes(this.processors, attributes) : attributes,
      words: cellWords(aggregation),
      startedAt: Date.now(),
      cardinalityLimit,
      initialise: (at) => initialiseCell(memory.arena, aggregation, at),
    });
    if (at === NO_ROOM) return deadCell(() => this.losses.drop('no_room', this.descriptor.name, 'the shared memory has no room for it'));
    let cell = this.#byPlace.get(at);
    if (cell === undefined) {
      cell = createCell(memory.arena, aggregation, at);
      this.#byPlace.set(at, cell);
    }
    return cell;
  }
}
