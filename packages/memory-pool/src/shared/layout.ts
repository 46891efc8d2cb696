/** Orders of blocks: one of order k is 2^k units long. */
export const ORDERS = 31;

// From one unit to the next in `tags`, `links` and `previous`, whose words take turns: so all that a thread touches of a block is in one
// cache line, and no more than four units are in it, since blocks of other threads there cost more than the memory that denser words save.
export const STRIDE = 4;

// A tag: order, state and owner of the block that begins at a unit; 0 inside of blocks.
export const ORDER = 0x1f;
export const STATE = 0x60;
export const FREE = 0x20;
export const CACHED = 0x40;
export const LIVE = 0x60;
const OWNER_SHIFT = 7;
export const MOST_THREADS = 256;

/** The bits of a tag that say whose a block is. Those of nobody are 0. */
export function ownerBits(slot: number): number {
  return (slot + 1) << OWNER_SHIFT;
}

// Words of `header`.
export const LOCK = 0;
// The lock has cache lines of its own, since threads that wait for it would slow down whoever holds it.
export const MASK = 32;
export const HEADS = MASK + 1;
export const COUNTS = HEADS + ORDERS;
const HEADER_WORDS = COUNTS + ORDERS;

// Words of `totals`.
export const SPLITS = 0;
export const MERGES = 1;
export const PEAKS = 2;
const TOTAL_WORDS = PEAKS + 3;

// Words of a slot: of `counts` behind those for each order, and of `figures`.
const COUNT_WORDS = ORDERS + 1;
export const PENDING = COUNT_WORDS - 1;
export const BEFORE = 0;
export const REQUESTED_EVER = 1;
export const MISSES = 2;
export const FAILURES = 3;
/** Three words: blocks, units and bytes asked for. */
export const NOW = 4;
export const TOP = NOW + 3;
export const EVER = TOP + 3;
export const TAKEN = EVER + ORDERS;
const FIGURE_WORDS = TAKEN + ORDERS;

const LINE_BYTES = 128;

/** What threads hand to each other. It can be cloned, hence posted and given as `workerData`. */
export interface SharedAllocatorHandle {
  readonly memory: SharedArrayBuffer;
  readonly state: SharedArrayBuffer;
  readonly minBlockSize: number;
  readonly maxThreads: number;
  readonly magazineBlocks: number;
  readonly lockTimeoutMillis: number;
}

export interface SlotWords {
  readonly counts: Int32Array;
  readonly magazines: Int32Array;
  readonly figures: Float64Array;
}

/**
 * All that the threads of a `SharedAllocator` share beside the memory itself. The holder is the thread that holds the lock. The owner of a
 * slot is the thread that is attached there; once that is dead, the holder that reclaims the slot writes in its place.
 *
 * | word | writer | readers | legal states |
 * |---|---|---|---|
 * | `header[LOCK]` | who takes or leaves the lock, atomically | all | 0, or slot + 1 of the holder; with `WAITERS` while a thread may sleep |
 * | `header[MASK]`, `HEADS`, `COUNTS` | holder | holder, `stats` | bit k: list k is not empty; its first block or -1; its length |
 * | `totals` | holder | `stats` | splits and merges so far, greatest sums of `NOW` so far |
 * | `attached[s]` | who attaches, detaches or reclaims, atomically | all | 0: nobody, and the magazines are empty; or thread id + 1 |
 * | `tags[u]`, free | holder | all | order; it is in a list, unless the holder is at work or has died |
 * | `tags[u]`, cached | the owner: to live; as holder: to free | all | order, slot that has it in a magazine, or is about to |
 * | `tags[u]`, live | who frees it: to cached by that slot; holder: to nobody's; both by compare-and-swap, but for the slot that allocated it | all | order, slot that allocated it, or nobody |
 * | `links[u]` | free: holder; cached: owner | free: holder; live: all | free: next block of the list or -1; live: bytes asked for |
 * | `previous[u]` | holder | holder | free: previous block of the list or -1 |
 * | `counts[k]`, `magazines` of a slot | owner | owner; `stats` | how many blocks of order k it has cached, and which; one whose tag says otherwise is passed over |
 * | `counts[PENDING]` | owner | who reclaims | 0; block + 1 while it is handed out, -1 - block while it is claimed back |
 * | `figures[BEFORE]` | owner | who reclaims | `figures[NOW + 2]` of when `PENDING` was set |
 * | `figures[NOW]` and the next two | owner | `stats`, holder | what it has allocated minus what it has freed, so less than 0 where it frees for others |
 * | `figures[TOP]` and the next two | owner | `stats`, holder | the most that `NOW` was since the owner had the lock |
 * | `figures[TAKEN + k]` | owner as holder | who reclaims | blocks of order k taken from the lists less those put there |
 * | other `figures` | owner | `stats` | only ever rise |
 *
 * Tags alone are the truth. After any of the writes that an operation makes, a walk from unit 0, from each block to the unit behind it,
 * meets no tag that is 0 and ends behind the last unit:
 *
 * - a split writes the tag of the upper half, which no walk meets yet, before it shortens the lower one;
 * - a merge writes the tag of the whole before it clears that of the upper half;
 * - so all that a death can leave inside of a block is one tag in the middle of a free one;
 * - every other write of a tag leaves the order as it is.
 *
 * Lists, magazines and their counts can be made anew from tags; `TAKEN` from tags and the `TAKEN` of the others; `NOW` from `TAKEN`, its third
 * word from `BEFORE`. What only ever rises is written before the tag: an allocation that a death cut short counts as one, freed at once.
 */
export class SharedState {
  readonly units: number;
  readonly header: Int32Array;
  readonly totals: Float64Array;
  readonly attached: Int32Array;
  readonly tags: Int32Array;
  readonly links: Int32Array;
  readonly previous: Int32Array;
  readonly slots: readonly SlotWords[];

  constructor({ memory, state, minBlockSize, maxThreads, magazineBlocks }: SharedAllocatorHandle) {
    this.units = memory.byteLength / minBlockSize;
    const regions = new Regions();
    this.header = regions.take(Int32Array, state, HEADER_WORDS);
    this.totals = regions.take(Float64Array, state, TOTAL_WORDS);
    this.attached = regions.take(Int32Array, state, maxThreads);
    this.slots = Array.from({ length: maxThreads }, () => ({
      counts: regions.take(Int32Array, state, COUNT_WORDS),
      magazines: regions.take(Int32Array, state, ORDERS * magazineBlocks),
      figures: regions.take(Float64Array, state, FIGURE_WORDS),
    }));
    this.tags = regions.take(Int32Array, state, STRIDE * this.units);
    this.links = this.tags.subarray(1);
    this.previous = this.tags.subarray(2);
  }

  static bytesFor(units: number, maxThreads: number, magazineBlocks: number): number {
    const slot = lines(4 * COUNT_WORDS) + lines(4 * ORDERS * magazineBlocks) + lines(8 * FIGURE_WORDS);
    const fixed = lines(4 * HEADER_WORDS) + lines(8 * TOTAL_WORDS) + lines(4 * maxThreads);
    return fixed + maxThreads * slot + lines(4 * STRIDE * units);
  }
}

type Words<T> = { readonly BYTES_PER_ELEMENT: number; new (buffer: SharedArrayBuffer, offset: number, length: number): T };

/** Pieces of a buffer, one after the other, none of which shares a cache line with another. */
class Regions {
  #end = 0;

  take<T>(Type: Words<T>, buffer: SharedArrayBuffer, length: number): T {
    const offset = this.#end;
    this.#end += lines(length * Type.BYTES_PER_ELEMENT);
    return new Type(buffer, offset, length);
  }
}

function lines(bytes: number): number {
  return Math.ceil(bytes / LINE_BYTES) * LINE_BYTES;
}
