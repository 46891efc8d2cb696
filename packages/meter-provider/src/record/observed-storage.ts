import type { Attributes } from '@opentelemetry/api';
import { canonicalKey } from '../attributes/canonical.ts';
import { cellWords, createCell, initialiseCell } from '../cells/cells.ts';
import { OBSERVED_WORDS, ObservedCell } from '../cells/observed.ts';
import { NO_ROOM } from '../memory/arena.ts';
import { isMonotonic } from '../model/stream.ts';
import { processAttributes } from './attributes-processors.ts';
import { Storage } from './storage.ts';

/** What callbacks said: the last value for each set of attributes. */
export class Observations {
  readonly #byKey = new Map<string, Observation>();

  set(attributes: Attributes, value: number): void {
    const key = canonicalKey(attributes);
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, { attributes, value });
    else known.value = value;
  }

  values(): Iterable<Readonly<Observation>> {
    return this.#byKey.values();
  }
}

interface Observation {
  readonly attributes: Attributes;
  value: number;
}

type SetValue = (value: number, request: number) => void;

/** The stream of an observable instrument. */
export class ObservedStorage extends Storage {
  #setters = new Map<number, SetValue>();

  /** `at`: Unix time in milliseconds of the observation; `request`: the number of the request that it answers. */
  record(observations: Observations, at: number, request: number): void {
    if (this.memory.isClosed) return;
    let processed = observations;
    if (this.processors.length > 0) {
      processed = new Observations();
      for (const { attributes, value } of observations.values()) processed.set(processAttributes(this.processors, attributes), value);
    }
    for (const { attributes, value } of processed.values()) this.#setter(attributes, at)(value, request);
  }

  override forget(): void {
    super.forget();
    this.#setters = new Map();
  }

  #setter(attributes: Attributes, startedAt: number): SetValue {
    const { memory, aggregation } = this;
    const isDistribution = aggregation.kind === 'histogram' || aggregation.kind === 'exponential-histogram';
    const at = memory.series(this.stream, {
      attributes,
      words: isDistribution ? cellWords(aggregation) : OBSERVED_WORDS,
      startedAt,
      cardinalityLimit: this.cardinalityLimit,
      initialise: (at) => {
        if (isDistribution) initialiseCell(memory.arena, aggregation, at);
      },
    });
    if (at === NO_ROOM) return () => this.losses.drop('no_room', this.descriptor.name, 'the shared memory has no room for it');
    let setter = this.#setters.get(at);
    if (setter === undefined) {
      setter = isDistribution ? this.#recorder(at) : this.#cell(at);
      this.#setters.set(at, setter);
    }
    return setter;
  }

  /** Each observation is a measurement of the distribution. */
  #recorder(at: number): SetValue {
    const cell = createCell(this.memory.arena, this.aggregation, at);
    return (value) => cell.record(value);
  }

  #cell(at: number): SetValue {
    const { arena } = this.memory;
    const cell = new ObservedCell(arena, at);
    if (this.aggregation.kind !== 'sum' || !isMonotonic(this.descriptor.type)) return (value, request) => cell.set(value, request);
    // A thread that has ended may have left a sum here, which the one of this thread adds to: it would fall otherwise.
    const before = arena.f64[at]!;
    return (value, request) => cell.set(before + Math.max(0, value), request);
  }
}
