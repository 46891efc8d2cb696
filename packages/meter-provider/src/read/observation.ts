import { LIVE, OBSERVE, OBSERVED, STATE, type Arena } from '../memory/arena.ts';
import { Patience } from './patience.ts';

/** For who has missed a request and not made up for it, in milliseconds: threads that are blocked would cost each collection the whole time. */
const LATE_PATIENCE = 5;

/** Milliseconds. */
const OBSERVE_TIMEOUT = 50;
const LONGEST_TIMER = 2 ** 31 - 1;

/** Any time: it is only there to be there. */
const ALIVE_MILLIS = 1000;

/** Has the callbacks of observable instruments called, those of this thread and those of others. */
export class Observation {
  readonly #arena: Arena;
  readonly #own: ((timeoutMillis?: number) => Promise<readonly unknown[]>) | undefined;
  readonly #patience: Patience;
  /** Slots that did not answer in time, with the request that they missed. */
  readonly #late = new Map<number, number>();

  /** @throws RangeError for an `observeTimeoutMillis` below 0 or too long for a timer. */
  constructor(
    arena: Arena,
    own: ((timeoutMillis?: number) => Promise<readonly unknown[]>) | undefined,
    observeTimeoutMillis: number = OBSERVE_TIMEOUT,
  ) {
    if (!(observeTimeoutMillis >= 0 && observeTimeoutMillis <= LONGEST_TIMER))
      throw new RangeError(`observeTimeoutMillis must be from 0 to ${LONGEST_TIMER}, not ${String(observeTimeoutMillis)}`);
    this.#arena = arena;
    this.#own = own;
    this.#patience = new Patience(observeTimeoutMillis);
  }

  /** Resolves when this thread's callbacks are done and the other threads have answered, or had their time. Errors are this thread's. */
  async run(slots: ReadonlySet<number>, timeoutMillis?: number): Promise<readonly unknown[]> {
    const { i32 } = this.#arena;
    const request = (Atomics.add(i32, OBSERVE, 1) + 1) | 0;
    const own = this.#own?.(timeoutMillis);
    Atomics.notify(i32, OBSERVE);
    const others = this.#others(slots, request, timeoutMillis ?? Infinity);
    const [errors] = await Promise.all([own, others]);
    return errors ?? [];
  }

  async #others(slots: ReadonlySet<number>, request: number, timeoutMillis: number): Promise<void> {
    // A wait for memory does not keep the process alive, and a collection as its last act would never end. Nor would it if a timer of the
    // same time were over a moment before.
    const alive = setInterval(() => undefined, ALIVE_MILLIS);
    try {
      await Promise.all(Array.from(slots, (slot) => this.#answer(slot, request, Math.min(timeoutMillis, this.#patienceFor(slot)))));
    } finally {
      clearInterval(alive);
    }
  }

  /** For how many milliseconds a slot is waited for. */
  #patienceFor(slot: number): number {
    const missed = this.#late.get(slot);
    const patience = this.#patience.for(slot);
    return missed === undefined || this.#hasAnswered(slot, missed) ? patience : Math.min(patience, LATE_PATIENCE);
  }

  async #answer(slot: number, request: number, patienceMillis: number): Promise<void> {
    const { i32 } = this.#arena;
    const asked = performance.now();
    const word = this.#arena.threadWord(slot, OBSERVED);
    for (;;) {
      const answered = Atomics.load(i32, word);
      if (this.#hasAnswered(slot, request)) {
        this.#late.delete(slot);
        this.#patience.answered(slot, performance.now() - asked);
        return;
      }
      if (Atomics.load(i32, this.#arena.threadWord(slot, STATE)) !== LIVE) return;
      const left = asked + patienceMillis - performance.now();
      if (!(left > 0)) {
        this.#late.set(slot, request);
        this.#patience.missed(slot);
        return;
      }
      const wait = Atomics.waitAsync(i32, word, answered, left);
      if (wait.async) await wait.value;
    }
  }

  /** Requests are numbered, and the numbers wrap. */
  #hasAnswered(slot: number, request: number): boolean {
    return ((Atomics.load(this.#arena.i32, this.#arena.threadWord(slot, OBSERVED)) - request) | 0) >= 0;
  }
}
