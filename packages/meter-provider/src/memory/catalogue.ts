import type { Attributes } from '@opentelemetry/api';
import { canonicalKey } from '../attributes/canonical.ts';
import { isObservable, type StreamDescriptor } from '../model/stream.ts';
import { FREE, MOST_THREADS, STATE, type Arena } from './arena.ts';
import { LogReader } from './log.ts';
import { identityKey, registrationFromText } from './registration.ts';

/** A stream as all threads together have it. */
export interface CatalogueStream {
  /** Its place in `Catalogue.streams`, which stays. */
  readonly index: number;
  /** With the longest of the descriptions that it was given: another object once a longer one has come. */
  readonly descriptor: StreamDescriptor;
  /** In the order in which they were first seen. Grows, and nothing else. */
  readonly series: readonly CatalogueSeries[];
  /** How many cells its series have been given beyond their first. */
  readonly joined: number;
}

/** One set of attributes of a stream. */
export interface CatalogueSeries {
  readonly stream: CatalogueStream;
  /** Its place in `CatalogueStream.series`, which stays. */
  readonly index: number;
  readonly attributes: Attributes;
  /** Where its cells are in `Arena.f64`: one for each segment that has it. Grows, and nothing else. */
  readonly cells: readonly number[];
  /** The thread slots of the segments that the cells are in, in the same order. Another array once there is one more. */
  readonly slots: readonly number[];
  /** Unix time in milliseconds of the first value in any thread. */
  readonly startedAt: number;
}

interface MutableSeries extends CatalogueSeries {
  readonly cells: number[];
  slots: readonly number[];
  startedAt: number;
}

interface MutableStream extends CatalogueStream {
  descriptor: StreamDescriptor;
  readonly series: MutableSeries[];
  joined: number;
  /** By `canonicalKey`: the first `indexed` of `series`. */
  readonly byKey: Map<string, MutableSeries>;
  indexed: number;
}

/** Registrations that are taken in at once. */
const STEP = 64;

interface ReadLog {
  readonly reader: LogReader;
  /** By their number in this log. */
  readonly streams: MutableStream[];
}

/**
 * What there is in an arena: read from the logs of all threads, in any thread, however many are at work. Series of one stream and the same
 * attributes are one, whichever threads have them.
 */
export class Catalogue {
  readonly arena: Arena;
  readonly #streams: MutableStream[] = [];
  readonly #byKey = new Map<string, MutableStream>();
  readonly #logs: ReadLog[] = [];
  readonly #observing = new Set<number>();
  /** Whether several threads have written, so that two may have the same series. One by itself has each once: then nobody looks for them. */
  #isShared = false;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  /** In the order in which they were first seen. Grows, and nothing else. */
  get streams(): readonly CatalogueStream[] {
    return this.#streams;
  }

  /** Slots of the threads that have observable instruments, whether they live or not. Grows, and nothing else. */
  get observing(): ReadonlySet<number> {
    return this.#observing;
  }

  /** Takes in what has been registered since. */
  refresh(): void {
    for (const _ of this.refreshing());
  }

  /** The same in steps: yields where it may pause. Any number of them may be under way at once. */
  *refreshing(): Generator<undefined, void, undefined> {
    const { arena } = this;
    let taken = 0;
    for (let slot = 0; slot < MOST_THREADS; slot++) {
      if (Atomics.load(arena.i32, arena.threadWord(slot, STATE)) === FREE) break;
      if (slot > 0 && !this.#isShared) yield* this.#share();
      const log = (this.#logs[slot] ??= { reader: new LogReader(arena, slot), streams: [] });
      for (const text of log.reader.read()) {
        this.#take(log, slot, text);
        if (++taken % STEP === 0) yield;
      }
    }
  }

  /** Series of before are made to be found. Nothing that was read waits meanwhile: who asked may never ask again. */
  *#share(): Generator<undefined, void, undefined> {
    this.#isShared = true;
    for (const stream of this.#streams) {
      while (stream.indexed < stream.series.length) {
        index(stream, STEP);
        yield;
      }
    }
  }

  #take(log: ReadLog, slot: number, text: string): void {
    const registration = registrationFromText(text);
    if (registration.kind === 'stream') {
      log.streams[registration.id] = this.#stream(registration.stream);
      if (isObservable(registration.stream.type)) this.#observing.add(slot);
      return;
    }
    const stream = log.streams[registration.stream]!;
    const { attributes, cell, startedAt } = registration;
    const known = this.#isShared ? find(stream, attributes) : undefined;
    if (known !== undefined) {
      known.cells.push(cell);
      known.slots = [...known.slots, slot];
      known.startedAt = Math.min(known.startedAt, startedAt);
      stream.joined++;
      return;
    }
    stream.series.push({ stream, index: stream.series.length, attributes, cells: [cell], slots: only(slot), startedAt });
    if (this.#isShared) index(stream, 1);
  }

  #stream(descriptor: StreamDescriptor): MutableStream {
    const key = identityKey(descriptor);
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      if (descriptor.description.length > known.descriptor.description.length) known.descriptor = descriptor;
      return known;
    }
    const stream: MutableStream = { index: this.#streams.length, descriptor, series: [], joined: 0, byKey: new Map(), indexed: 0 };
    this.#byKey.set(key, stream);
    this.#streams.push(stream);
    return stream;
  }
}

/** What most series have: one array for all of a thread. */
function only(slot: number): readonly number[] {
  return (SINGLE[slot] ??= [slot]);
}

const SINGLE: (readonly number[])[] = [];

function find(stream: MutableStream, attributes: Attributes): MutableSeries | undefined {
  index(stream, Infinity);
  return stream.byKey.get(canonicalKey(attributes));
}

/** Makes `most` more series be found, at most. */
function index(stream: MutableStream, most: number): void {
  const { byKey, series } = stream;
  const end = Math.min(series.length, stream.indexed + most);
  for (; stream.indexed < end; stream.indexed++) {
    const added = series[stream.indexed]!;
    byKey.set(canonicalKey(added.attributes), added);
  }
}
