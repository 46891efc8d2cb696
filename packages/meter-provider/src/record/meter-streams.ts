import type { Scope } from '../model/stream.ts';
import { aggregationOf } from './aggregation.ts';
import type { InstrumentDescriptor } from './instrument-descriptor.ts';
import type { Losses } from './losses.ts';
import { ObservedStorage } from './observed-storage.ts';
import { DEFAULT_CARDINALITY_LIMIT, type ReaderSelection, type Selection } from './reader-selection.ts';
import { StorageRegistry, type Registered } from './storage-registry.ts';
import { Storage, type StorageParts } from './storage.ts';
import { SyncStorage } from './sync-storage.ts';
import type { ThreadMemory } from './thread-memory.ts';
import type { View } from './view.ts';

/** What all meters of a provider share. */
export interface ProviderState {
  readonly views: readonly View[];
  /** Of each reader, at least one. */
  readonly selections: readonly ReaderSelection[];
  readonly memory: ThreadMemory;
  readonly losses: Losses;
}

/** Finds or makes the streams that a meter's instruments feed. */
export class MeterStreams {
  readonly #scope: Scope;
  readonly #state: ProviderState;
  readonly #ofViews = new StorageRegistry<Registered>();
  readonly #ofReaders: readonly StorageRegistry<Registered>[];

  constructor(scope: Scope, state: ProviderState) {
    this.#scope = scope;
    this.#state = state;
    this.#ofReaders = state.selections.map(() => new StorageRegistry());
  }

  sync(instrument: InstrumentDescriptor): readonly SyncStorage[] {
    return this.#streams(instrument, (parts) => new SyncStorage(parts)) as SyncStorage[];
  }

  observed(instrument: InstrumentDescriptor): readonly ObservedStorage[] {
    return this.#streams(instrument, (parts) => new ObservedStorage(parts)) as ObservedStorage[];
  }

  /** Compatible instruments are of one type, so the streams that are found are of the kind that `make` makes. */
  #streams(instrument: InstrumentDescriptor, make: (parts: StorageParts) => Storage): Storage[] {
    const views = this.#state.views.filter((view) => view.selects(instrument, this.#scope));
    const streams = views.length > 0 ? views.map((view) => this.#ofView(view, instrument, make)) : this.#perReader(instrument, make);
    // Two views that make the same stream of an instrument do not count its values twice.
    return [...new Set(streams)].filter((stream) => stream instanceof Storage);
  }

  #ofView(view: View, instrument: InstrumentDescriptor, make: (parts: StorageParts) => Storage): Registered {
    const descriptor = view.describe(instrument);
    const known = this.#ofViews.findCompatible(descriptor);
    if (known !== undefined) return known;
    const { aggregation, processors, cardinalityLimit = DEFAULT_CARDINALITY_LIMIT } = view;
    const added = this.#make(descriptor, { aggregation, cardinalityLimit }, make, { processors });
    this.#ofViews.add(added);
    return added;
  }

  /** Readers that want the same share a stream. */
  #perReader(instrument: InstrumentDescriptor, make: (parts: StorageParts) => Storage): Registered[] {
    const streams: Registered[] = [];
    const wanted = new Map<string, number[]>();
    for (const [reader, registry] of this.#ofReaders.entries()) {
      const known = registry.findCompatible(instrument);
      if (known === undefined) {
        const key = JSON.stringify(this.#selection(reader, instrument));
        wanted.set(key, [...(wanted.get(key) ?? []), reader]);
      } else streams.push(known);
    }
    for (const readers of wanted.values()) {
      const isForAll = readers.length === this.#ofReaders.length;
      const added = this.#make(instrument, this.#selection(readers[0]!, instrument), make, isForAll ? {} : { readers });
      for (const reader of readers) this.#ofReaders[reader]!.add(added);
      streams.push(added);
    }
    return streams;
  }

  #selection(reader: number, { type }: InstrumentDescriptor): Selection {
    return this.#state.selections[reader]![type];
  }

  #make(
    descriptor: InstrumentDescriptor,
    { aggregation: option, cardinalityLimit }: Selection,
    make: (parts: StorageParts) => Storage,
    extras: Partial<Pick<StorageParts, 'processors' | 'readers'>>,
  ): Registered {
    const aggregation = aggregationOf(option, descriptor);
    if (aggregation === undefined) return new Dropped(descriptor);
    const { memory, losses } = this.#state;
    return make({ scope: this.#scope, descriptor, aggregation, processors: [], cardinalityLimit, memory, losses, ...extras });
  }
}

/** A stream that is not kept: known, so that others of its name are told. */
class Dropped implements Registered {
  descriptor: InstrumentDescriptor;

  constructor(descriptor: InstrumentDescriptor) {
    this.descriptor = descriptor;
  }

  describe(description: string): void {
    this.descriptor = { ...this.descriptor, description };
  }
}
