import { threadId } from 'node:worker_threads';
import { diag, type Attributes } from '@opentelemetry/api';
import { NO_ROOM, type Arena } from '../memory/arena.ts';
import { Segment } from '../memory/segment.ts';
import type { StreamDescriptor } from '../model/stream.ts';
import { endSegment, setParent } from './threads.ts';

/** As the specification has it. */
const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

/** Who keeps places of the segment in mind. */
export interface Tenant {
  /** Drops them: they are valid no more. */
  forget(): void;
}

export interface SeriesRequest {
  readonly attributes: Attributes;
  readonly words: number;
  /** Unix time in milliseconds. */
  readonly startedAt: number;
  /** Series of the stream in this thread, the overflow series included. */
  readonly cardinalityLimit: number;
  readonly initialise: (at: number) => void;
}

/**
 * What this thread has of the arena: its segment, which is opened when it is first needed. After `release` the next need opens another one,
 * so that a thread may tell early that it ends and still record to its last breath; after `close` there is none any more.
 */
export class ThreadMemory {
  readonly arena: Arena;
  readonly #parent: number;
  readonly #onLow: () => void;
  readonly #tenants = new Set<Tenant>();
  #segment: Segment | undefined;
  #isClosed = false;
  #isTold = false;
  #isLow = false;
  #isPreparing = false;

  /** `parent`: the thread that hears when this one ends; `onLow` is called once, while there is still some room. */
  constructor(arena: Arena, parent: number, onLow: () => void) {
    this.arena = arena;
    this.#parent = parent;
    this.#onLow = onLow;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  register(tenant: Tenant): void {
    this.#tenants.add(tenant);
  }

  /** The number of a stream in the segment, or `NO_ROOM`. */
  stream(descriptor: StreamDescriptor): number {
    return this.#open()?.stream(descriptor) ?? NO_ROOM;
  }

  /**
   * Where the cell of a series is: of its own, or the overflow series' where the stream has too many or the arena is about full. `NO_ROOM`
   * where there is not even that.
   */
  series(stream: number, request: SeriesRequest): number {
    const segment = this.#segment;
    if (segment === undefined || stream === NO_ROOM) return NO_ROOM;
    const { attributes, words, startedAt, cardinalityLimit, initialise } = request;
    // For so many words there is never room: finds what there is, and makes nothing.
    const known = segment.series(stream, attributes, Infinity, startedAt);
    if (known !== NO_ROOM) return known;
    if (segment.seriesOf(stream) < cardinalityLimit - 1 && this.#hasRoom()) {
      const own = segment.series(stream, attributes, words, startedAt, initialise);
      if (own !== NO_ROOM) return own;
    }
    return segment.series(stream, OVERFLOW, words, startedAt, initialise);
  }

  /** Says that this thread's callbacks have answered a request. */
  observed(request: number): void {
    this.#segment?.observed(request);
  }

  /** Gives the segment up, with all that it counted, for another thread to take over. */
  release(): void {
    if (this.#segment !== undefined) endSegment(this.#segment);
    this.#segment = undefined;
    for (const tenant of this.#tenants) tenant.forget();
  }

  close(): void {
    this.#isClosed = true;
    this.release();
  }

  #hasRoom(): boolean {
    if (this.#isPreparing || !this.arena.isAboutFull) return true;
    if (!this.#isLow) {
      this.#isLow = true;
      diag.warn(
        'otel-perf: the memory for metrics (reserveBytes) is about full: new series go to the overflow series of their instruments',
      );
      this.#isPreparing = true;
      this.#onLow();
      this.#isPreparing = false;
    }
    return false;
  }

  /** Of a measurement that came too late. */
  tellClosed(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    diag.warn('otel-perf: a measurement came after its MeterProvider was shut down; it and further ones are dropped');
  }

  #open(): Segment | undefined {
    if (this.#segment !== undefined || this.#isClosed) return this.#segment;
    this.#segment = Segment.open(this.arena, threadId);
    if (this.#segment !== undefined) setParent(this.#segment, this.#parent);
    return this.#segment;
  }
}
