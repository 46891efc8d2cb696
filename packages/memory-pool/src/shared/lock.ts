import { LOCK } from './layout.ts';

/** Set in the word of the lock while a thread may sleep on it. */
const WAITERS = 1 << 16;
const HOLDER = WAITERS - 1;
/** About as long as it takes to fill a magazine. */
const SPINS = 300;
/** A thread that dies between leaving the lock and waking another one delays that by no more. */
const NAP_MILLIS = 20;

/** The lock was not to be had in time; the operation has changed nothing. If the thread of `slot` is dead, `reclaim(slot)` helps. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';
  readonly slot: number;

  constructor(slot: number, millis: number) {
    super(`slot ${slot} has held the lock for ${millis} ms: if its thread has died, reclaim that slot`);
    this.slot = slot;
  }
}

/**
 * A lock in one word, taken with one compare-and-swap when it is free and slept on when it is not, after U. Drepper, "Futexes Are Tricky"
 * (2011). The word tells who holds it, so that it can be taken over from the dead.
 */
export class SharedLock {
  readonly #words: Int32Array;
  readonly #timeoutMillis: number;

  constructor(header: Int32Array, timeoutMillis: number) {
    this.#words = header;
    this.#timeoutMillis = timeoutMillis;
  }

  /** The slot that holds the lock, or -1. */
  get holder(): number {
    return (Atomics.load(this.#words, LOCK) & HOLDER) - 1;
  }

  /**
   * Takes the lock for `slot`. Returns -1, or the slot that it was taken over from: `dead`, or `slot` itself, which had not left it because
   * an exception cut it short. What the lock guards is then in pieces.
   * @throws LockHeldError
   */
  acquire(slot: number, dead: number = slot, timeoutMillis: number = this.#timeoutMillis): number {
    const words = this.#words;
    for (let spin = 0; spin < SPINS; spin++) {
      const word = Atomics.load(words, LOCK);
      if (word === 0 && Atomics.compareExchange(words, LOCK, 0, slot + 1) === 0) return -1;
      if (word !== 0 && isTakeable(word, slot, dead)) break;
    }
    return this.#wait(slot, dead, timeoutMillis);
  }

  release(): void {
    if ((Atomics.exchange(this.#words, LOCK, 0) & WAITERS) !== 0) Atomics.notify(this.#words, LOCK, 1);
  }

  /** Who comes out of here cannot know whether others still sleep, and so takes the lock with the mark set. */
  #wait(slot: number, dead: number, timeoutMillis: number): number {
    const words = this.#words;
    const mine = (slot + 1) | WAITERS;
    const end = performance.now() + timeoutMillis;
    for (;;) {
      const word = Atomics.load(words, LOCK);
      if (word === 0 || isTakeable(word, slot, dead)) {
        if (Atomics.compareExchange(words, LOCK, word, mine) === word) return (word & HOLDER) - 1;
        continue;
      }
      const marked = word | WAITERS;
      if (word !== marked && Atomics.compareExchange(words, LOCK, word, marked) !== word) continue;
      if (performance.now() >= end) throw new LockHeldError((word & HOLDER) - 1, timeoutMillis);
      Atomics.wait(words, LOCK, marked, NAP_MILLIS);
    }
  }
}

function isTakeable(word: number, slot: number, dead: number): boolean {
  const holder = (word & HOLDER) - 1;
  return holder === dead || holder === slot;
}
