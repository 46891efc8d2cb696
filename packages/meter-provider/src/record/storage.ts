import type { IAttributesProcessor } from '@opentelemetry/sdk-metrics';
import { NO_ROOM } from '../memory/arena.ts';
import type { Scope, StreamAggregation, StreamDescriptor } from '../model/stream.ts';
import type { InstrumentDescriptor } from './instrument-descriptor.ts';
import type { Losses } from './losses.ts';
import type { Tenant, ThreadMemory } from './thread-memory.ts';

export interface StorageParts {
  readonly scope: Scope;
  readonly descriptor: InstrumentDescriptor;
  readonly aggregation: StreamAggregation;
  readonly processors: readonly IAttributesProcessor[];
  readonly cardinalityLimit: number;
  /** Places of the readers that get it; absent for all. */
  readonly readers?: readonly number[];
  readonly memory: ThreadMemory;
  readonly losses: Losses;
}

/** One stream of an instrument, or of several compatible ones, as this thread records it. */
export abstract class Storage implements Tenant {
  protected readonly memory: ThreadMemory;
  protected readonly losses: Losses;
  protected readonly aggregation: StreamAggregation;
  protected readonly processors: readonly IAttributesProcessor[];
  protected readonly cardinalityLimit: number;
  readonly #scope: Scope;
  readonly #readers: readonly number[] | undefined;
  #descriptor: InstrumentDescriptor;
  #stream: number;

  constructor(parts: StorageParts) {
    this.memory = parts.memory;
    this.losses = parts.losses;
    this.aggregation = parts.aggregation;
    this.processors = parts.processors;
    this.cardinalityLimit = parts.cardinalityLimit;
    this.#scope = parts.scope;
    this.#readers = parts.readers;
    this.#descriptor = parts.descriptor;
    // Now, since readers show streams in this order.
    this.#stream = this.memory.stream(this.#toStream());
    this.memory.register(this);
  }

  get descriptor(): InstrumentDescriptor {
    return this.#descriptor;
  }

  describe(description: string): void {
    this.#descriptor = { ...this.#descriptor, description };
    this.#stream = this.memory.stream(this.#toStream());
  }

  forget(): void {
    this.#stream = NO_ROOM;
  }

  /** Its number in the segment. */
  protected get stream(): number {
    if (this.#stream === NO_ROOM) this.#stream = this.memory.stream(this.#toStream());
    return this.#stream;
  }

  #toStream(): StreamDescriptor {
    const { name, description, unit, type, valueType } = this.#descriptor;
    const stream = { scope: this.#scope, name, description, unit, type, valueType, aggregation: this.aggregation };
    return this.#readers === undefined ? stream : { ...stream, readers: this.#readers };
  }
}
