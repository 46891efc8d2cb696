import type { Attributes } from '@opentelemetry/api';
import { canonicalKey } from '../attributes/canonical.ts';
import type { StreamDescriptor } from '../model/stream.ts';
import { ENDED, FREE, LIVE, MOST_THREADS, NO_ROOM, NOBODY, OBSERVED, PAGE, STATE, TAKEN, THREAD_ID, type Arena } from './arena.ts';
import { LogReader, LogWriter } from './log.ts';
import { identityKey, registrationFromText, registrationToText } from './registration.ts';

/** Cells of one thread lie in pages of so many bytes, so that no two threads write to one cache line. */
const CELL_BYTES = 4 * PAGE;

interface KnownStream {
  readonly id: number;
  description: string;
  /** Cells by `canonicalKey` of their attributes. */
  readonly cells: Map<string, number>;
}

/**
 * What one thread writes to: its cells, and the log that says what they are. Segments of threads that have ended keep what they counted,
 * and the next thread that comes takes one over with all of its series, so that threads which come and go take no more memory.
 */
export class Segment {
  readonly arena: Arena;
  readonly slot: number;
  readonly #log: LogWriter;
  readonly #streams = new Map<string, KnownStream>();
  readonly #byId: KnownStream[] = [];
  #next = 0;
  #end = 0;

  private constructor(arena: Arena, slot: number) {
    this.arena = arena;
    this.slot = slot;
    for (const text of new LogReader(arena, slot).read()) this.#know(text);
    this.#log = new LogWriter(arena, slot, new LogReader(arena, slot));
  }

  /** `undefined` where there are too many threads already. */
  static open(arena: Arena, threadId: number): Segment | undefined {
    for (const from of [ENDED, FREE]) {
      for (let slot = 0; slot < MOST_THREADS; slot++) {
        const state = arena.threadWord(slot, STATE);
        if (Atomics.compareExchange(arena.i32, state, from, TAKEN) !== from) continue;
        // Before it is live: whoever hears late that the last owner has ended must not end this one.
        Atomics.store(arena.i32, arena.threadWord(slot, THREAD_ID), threadId);
        Atomics.store(arena.i32, state, LIVE);
        return new Segment(arena, slot);
      }
    }
    return undefined;
  }

  /** Marks what `threadId` wrote to as free for the next. Only for a thread that runs no more, or the own one as its last. */
  static end(arena: Arena, threadId: number): void {
    for (let slot = 0; slot < MOST_THREADS; slot++) {
      const state = arena.threadWord(slot, STATE);
      if (Atomics.load(arena.i32, state) !== LIVE) continue;
      // Of several who say so, one ends it: meanwhile it may belong to somebody else.
      if (Atomics.compareExchange(arena.i32, arena.threadWord(slot, THREAD_ID), threadId, NOBODY) !== threadId) continue;
      Atomics.store(arena.i32, state, ENDED);
    }
  }

  /**
   * The number of a stream in this segment, which `series` takes, or `NO_ROOM`. The same for descriptors that say the same but for the
   * description, of which readers see the longest.
   */
  stream(stream: StreamDescriptor): number {
    const known = this.#streams.get(identityKey(stream));
    if (known !== undefined && stream.description.length <= known.description.length) return known.id;
    const id = known?.id ?? this.#byId.length;
    const isLogged = this.#log.append(registrationToText({ kind: 'stream', id, stream }));
    if (isLogged) this.#add(id, stream);
    return isLogged || known !== undefined ? id : NO_ROOM;
  }

  /** Series that a stream has in this segment. */
  seriesOf(stream: number): number {
    return this.#byId[stream]!.cells.size;
  }

  /**
   * The place in `Arena.f64` of the cell of a series: that which it has, or a new one of `words`, which `initialise` fills before anybody
   * sees it. `NO_ROOM` where the arena is full.
   */
  series(stream: number, attributes: Attributes, words: number, startedAt: number, initialise?: (cell: number) => void): number {
    const { cells } = this.#byId[stream]!;
    const key = canonicalKey(attributes);
    const known = cells.get(key);
    if (known !== undefined) return known;
    const cell = this.#cell(words);
    if (cell === NO_ROOM) return NO_ROOM;
    initialise?.(cell);
    if (!this.#log.append(registrationToText({ kind: 'series', stream, attributes, cell, startedAt }))) return NO_ROOM;
    cells.set(key, cell);
    return cell;
  }

  /** Says that the request number `request` for the values of observables is answered, and wakes who waits for it. */
  observed(request: number): void {
    const word = this.arena.threadWord(this.slot, OBSERVED);
    Atomics.store(this.arena.i32, word, request);
    Atomics.notify(this.arena.i32, word);
  }

  #cell(words: number): number {
    const bytes = words * 8;
    if (this.#next + bytes > this.#end) {
      const wanted = Math.max(CELL_BYTES, Math.ceil(bytes / PAGE) * PAGE);
      const place = this.arena.allocate(wanted);
      if (place === NO_ROOM) return NO_ROOM;
      this.#next = place;
      this.#end = place + wanted;
    }
    const cell = this.#next / 8;
    this.#next += bytes;
    return cell;
  }

  #know(text: string): void {
    const registration = registrationFromText(text);
    if (registration.kind === 'stream') this.#add(registration.id, registration.stream);
    else this.#byId[registration.stream]!.cells.set(canonicalKey(registration.attributes), registration.cell);
  }

  #add(id: number, stream: StreamDescriptor): void {
    const { description } = stream;
    const known = this.#byId[id];
    if (known !== undefined) {
      known.description = description;
      return;
    }
    const added: KnownStream = { id, description, cells: new Map() };
    this.#streams.set(identityKey(stream), added);
    this.#byId[id] = added;
  }
}
