import { isMainThread } from 'node:worker_threads';
import {
  createNoopMeter,
  diag,
  type Meter as ApiMeter,
  type MeterOptions,
  type MeterProvider as ApiMeterProvider,
} from '@opentelemetry/api';
import { defaultResource, type Resource } from '@opentelemetry/resources';
import type { IMetricReader, ViewOptions } from '@opentelemetry/sdk-metrics';
import { Arena, NOBODY } from '../memory/arena.ts';
import type { Scope } from '../model/stream.ts';
import { createProducer } from '../read/collector.ts';
import { announce, announced, withdraw } from './environment.ts';
import { Losses, SELF_SCOPE } from './losses.ts';
import type { ProviderState } from './meter-streams.ts';
import { Meter } from './meter.ts';
import { Observables } from './observables.ts';
import { DEFAULT_SELECTION, selectionOf } from './reader-selection.ts';
import { ThreadMemory } from './thread-memory.ts';
import { watchWorkers } from './threads.ts';
import { View } from './view.ts';

export interface MeterProviderOptions {
  /** Default: the SDK's `defaultResource()`. */
  readonly resource?: Resource;
  /** As the SDK's. Name patterns may have `*` for any characters and `?` for one. Default none. */
  readonly views?: readonly ViewOptions[];
  /** Any readers of the SDK's kind, each for one provider. Default none: others may read the arena. */
  readonly readers?: readonly IMetricReader[];
  /**
   * Bytes of address space for all that all threads of the process record, from 1 MiB to 2 GiB; the system commits what is used. Default
   * 64 MiB. Not with `arena`.
   */
  readonly reserveBytes?: number;
  /** Records into the arena of another provider of this process: `provider.arena.buffer`. */
  readonly arena?: SharedArrayBuffer;
}

const DEFAULT_BYTES = 64 * 2 ** 20;
const LEAST_BYTES = 2 ** 20;

/**
 * A MeterProvider that records into memory which all threads of the process share: see `Arena`. For the same calls its readers get what the
 * SDK's would, apart from this:
 *
 * - NaN and infinite values are dropped, warned of once per instrument, and counted in `otel_perf.meter_provider.dropped`.
 * - The cardinality limit holds for the life of a stream in a thread. What is beyond it, or beyond the arena's room, goes to the series
 *   `otel.metric.overflow`.
 * - Two views that make the same stream of an instrument do not count its values twice.
 * - Sync instruments have `bind` (see `Bindable`).
 *
 * Workers that this thread starts from then on find the arena, and join by `registerWorker()` or a provider of their own with `arena`. However
 * a worker ends, what it counted stays.
 */
export class MeterProvider implements ApiMeterProvider {
  readonly arena: Arena;
  readonly resource: Resource;
  readonly #readers: readonly IMetricReader[];
  readonly #state: ProviderState;
  readonly #observables: Observables;
  readonly #meters = new Map<string, Meter>();
  readonly #unwatch: () => void;
  #isShutDown = false;

  /**
   * @throws RangeError for `reserveBytes` out of bounds. @throws TypeError for an `arena` that is none, or beside `reserveBytes`. @throws Error
   * for a view that selects nothing or renames several instruments, and for a reader that has a provider already.
   */
  constructor(options: MeterProviderOptions = {}) {
    const { views = [], readers = [] } = options;
    this.arena = arenaOf(options);
    this.resource = options.resource ?? defaultResource();
    this.#readers = readers;
    const announcement = announced();
    const joined = announcement?.buffer === options.arena ? announcement : undefined;
    const own = readers.map(selectionOf);
    const selections = own.length > 0 ? own : (joined?.selections ?? [DEFAULT_SELECTION]);
    const losses = new Losses(() => this.#meter({ name: SELF_SCOPE, version: '' }));
    const memory = new ThreadMemory(this.arena, isMainThread ? NOBODY : (joined?.threadId ?? NOBODY), () => losses.prepare());
    this.#state = { views: views.map((view) => new View(view)), selections, memory, losses };
    this.#observables = new Observables(memory);
    for (const [readerIndex, reader] of readers.entries()) this.#connect(reader, readerIndex);
    announce(this.arena.buffer, selections, views);
    this.#unwatch = watchWorkers(this.arena);
    if (!isMainThread) process.once('exit', this.#onExit);
  }

  /** After `shutdown` one that does nothing. */
  getMeter(name: string, version = '', options?: MeterOptions): ApiMeter {
    if (this.#isShutDown) {
      diag.warn('A shutdown MeterProvider cannot provide a Meter');
      return createNoopMeter();
    }
    const isNamed = typeof name === 'string' && name !== '';
    if (!isNamed) diag.warn('Invalid MeterProvider instrumentation scope name, using empty string');
    const scope = { name: isNamed ? name : '', version };
    return this.#meter(options?.schemaUrl === undefined ? scope : { ...scope, schemaUrl: options.schemaUrl });
  }

  /** Has all readers export what they hold. Rejects as the first of them does, with the timeout of `options` too. */
  async forceFlush(options?: { readonly timeoutMillis?: number }): Promise<void> {
    if (this.#isShutDown) {
      diag.warn('invalid attempt to force flush after MeterProvider shutdown');
      return;
    }
    await Promise.all(this.#readers.map((reader) => reader.forceFlush(options)));
  }

  /**
   * Shuts all readers down, which export what they hold. Then instruments do nothing any more, which the first record is told; what this
   * thread recorded stays in the arena. Rejects as the first reader does, and is done nevertheless.
   */
  async shutdown(options?: { readonly timeoutMillis?: number }): Promise<void> {
    if (this.#isShutDown) {
      diag.warn('shutdown may only be called once per MeterProvider');
      return;
    }
    this.#isShutDown = true;
    try {
      await Promise.all(this.#readers.map((reader) => reader.shutdown(options)));
    } finally {
      this.#observables.close();
      this.#state.memory.close();
      this.#unwatch();
      withdraw(this.arena.buffer);
      process.off('exit', this.#onExit);
    }
  }

  /**
   * Calls the callbacks of this thread's observable instruments, and puts what they say where all readers find it: `observe` of a producer
   * that is made by `createProducer`. Resolves with what callbacks threw, a `TimeoutError` for each that took longer than `timeoutMillis`.
   * Never rejects.
   */
  observe(timeoutMillis?: number): Promise<readonly unknown[]> {
    return this.#observables.observe(timeoutMillis);
  }

  #connect(reader: IMetricReader, readerIndex: number): void {
    const { arena, resource } = this;
    reader.setMetricProducer(
      createProducer({ arena, resource, reader, readerIndex, observe: (timeoutMillis) => this.observe(timeoutMillis) }),
    );
  }

  /** Of a worker, which may take the last values of its callbacks that run after this one. */
  readonly #onExit = (): void => this.#state.memory.release();

  #meter(scope: Scope): Meter {
    const key = `${scope.name}:${scope.version ?? ''}:${scope.schemaUrl ?? ''}`;
    let meter = this.#meters.get(key);
    if (meter === undefined) {
      meter = new Meter(scope, this.#state, this.#observables);
      this.#meters.set(key, meter);
    }
    return meter;
  }
}

function arenaOf({ arena, reserveBytes }: MeterProviderOptions): Arena {
  if (arena !== undefined) {
    if (reserveBytes !== undefined) throw new TypeError('reserveBytes must not be given beside arena, whose size is fixed');
    return new Arena(arena);
  }
  if (reserveBytes !== undefined && !(reserveBytes >= LEAST_BYTES))
    throw new RangeError(`reserveBytes must be an integer of at least ${LEAST_BYTES}, not ${String(reserveBytes)}`);
  return Arena.create(reserveBytes ?? DEFAULT_BYTES);
}
