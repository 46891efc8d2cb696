/**
 * The memory in which all threads of a process keep what they have measured: one SharedArrayBuffer of a fixed size, of which the system
 * commits what is touched. Nobody ever sends anything to anybody: whoever has the buffer, reads all of it, also while the threads that
 * write are blocked or when they are gone.
 *
 * ## Words, writers, readers
 *
 * | word | writer | reader | legal states |
 * |---|---|---|---|
 * | `NEXT_PAGE` | any thread, `Atomics.add` | the same | rises; beyond `pages` there is no room |
 * | `MIN_MAX_EPOCH` | the one delta reader, `Atomics.add` | writers of histograms, plainly | rises; the next word stays 0, so that both are one double |
 * | `OBSERVE` | any reader, `Atomics.add` and `notify` | threads with observables, `waitAsync` | rises with each request |
 * | `GAUGE_CLOCK` and the next word | any thread, `Atomics.add` | the same | rises, wraps at 2^32; the next word counts how often, see `cells/gauge.ts` |
 * | thread: `STATE` | who takes it, `Atomics.compareExchange`; who ends it, `Atomics.store` | any | `FREE` → `TAKEN` → `LIVE` → `ENDED` → `TAKEN` (by the next) ... |
 * | thread: `THREAD_ID` | who took it, before it is `LIVE`; who ends it, `Atomics.compareExchange` | the same | of its owner, `NOBODY` once that has ended |
 * | thread: `LOG` | its owner, once, before `RECORDS` | any, after `RECORDS` | 0, then the byte offset of the first log block |
 * | thread: `RECORDS` | its owner, `Atomics.store` after the records | any, `Atomics.load` first | rises; so many records may be read |
 * | thread: `OBSERVED` | its owner, `Atomics.store` after the cells, and `notify` | readers that asked, `waitAsync` | the request that was answered last |
 * | thread: `PARENT` | its owner, at its start | the thread that it names | the thread that started it, or `NOBODY` |
| a log's bytes | its owner, before `RECORDS` | any, up to `RECORDS` | never change once counted |
 * | a cell's words | the owner of the segment, plainly | any, plainly | see `cells/` |
| version of an exponential histogram | the owner of the segment, `Atomics.store` | any, `Atomics.load` before and `compareExchange` after | rises; the bank that its lowest bit tells is whole |
 *
 * A double of 8 aligned bytes is written and read whole on all 64-bit machines. Plain writes of one thread may be seen by others in another
 * order than they were made; what depends on an order is published by `Atomics.store`, and read after `Atomics.load`.
 */
export class Arena {
  readonly buffer: SharedArrayBuffer;
  /** By 8 bytes. Cells are indexed in it. */
  readonly f64: Float64Array<SharedArrayBuffer>;
  readonly i32: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;

  /** Takes up a buffer that `create` made, in any thread. @throws TypeError for any other. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.f64 = new Float64Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    if (this.i32[MAGIC] !== MAGIC_VALUE) throw new TypeError('this SharedArrayBuffer is no arena of otel-perf, or of another version');
  }

  /** `bytes` are rounded up to whole pages. @throws RangeError unless they have room for the table of threads. */
  static create(bytes: number): Arena {
    if (!Number.isInteger(bytes) || bytes < LEAST_BYTES || bytes > MOST_BYTES)
      throw new RangeError(`reserveBytes must be an integer from ${LEAST_BYTES} to ${MOST_BYTES}, not ${String(bytes)}`);
    const buffer = new SharedArrayBuffer(Math.ceil(bytes / PAGE) * PAGE);
    const words = new Int32Array(buffer);
    words[NEXT_PAGE] = FIRST_PAGE;
    words[MAGIC] = MAGIC_VALUE;
    return new Arena(buffer);
  }

  /** The byte offset of fresh, zeroed memory for at least `bytes`, or `NO_ROOM`. */
  allocate(bytes: number): number {
    const pages = Math.ceil(bytes / PAGE);
    const total = this.buffer.byteLength / PAGE;
    // Looked at first, so that refused requests do not use up what smaller ones could have.
    if (Atomics.load(this.i32, NEXT_PAGE) + pages > total) return NO_ROOM;
    const page = Atomics.add(this.i32, NEXT_PAGE, pages);
    return page + pages > total ? NO_ROOM : page * PAGE;
  }

  /** The index in `i32` of word `word` of a thread. */
  threadWord(slot: number, word: number): number {
    return THREADS + slot * THREAD_WORDS + word;
  }

  get bytesLeft(): number {
    return Math.max(0, this.buffer.byteLength - Atomics.load(this.i32, NEXT_PAGE) * PAGE);
  }

  /** Whether what is left is for overflow series and new threads: further series of an ordinary kind get no memory of their own. */
  get isAboutFull(): boolean {
    return this.bytesLeft < Math.min(MOST_RESERVED, this.buffer.byteLength / 8);
  }
}

export const NO_ROOM = -1;
/** Bytes. */
const MOST_RESERVED = 8 * 2 ** 20;
/** Bytes. */
export const PAGE: number = 16 * 1024;

/** Of `i32`. */
const MAGIC = 0;
const MAGIC_VALUE = 0x6f_70_6d_31;
const NEXT_PAGE = 1;
export const MIN_MAX_EPOCH = 16;
export const OBSERVE = 32;
export const GAUGE_CLOCK = 48;
const THREADS = 64;

/** Of a thread. Each has a cache line of its own. */
const THREAD_WORDS = 16;
export const STATE = 0;
export const THREAD_ID = 1;
export const LOG = 2;
export const RECORDS = 3;
export const OBSERVED = 4;
export const PARENT = 5;

/** Legal values of `STATE`. */
export const FREE = 0;
export const LIVE = 1;
export const ENDED = 2;
/** Has a new owner, which is not known yet. */
export const TAKEN = 3;

/** Of `THREAD_ID`. */
export const NOBODY = -1;

export const MOST_THREADS = 1000;
const FIRST_PAGE = Math.ceil(((THREADS + MOST_THREADS * THREAD_WORDS) * 4) / PAGE);
const LEAST_BYTES = (FIRST_PAGE + 2) * PAGE;
const MOST_BYTES = 2 ** 31;
