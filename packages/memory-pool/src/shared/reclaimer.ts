import type { FreeLists } from './free-lists.ts';
import type { SharedState } from './layout.ts';
import { LockHeldError, type SharedLock } from './lock.ts';
import { recover } from './recovery.ts';
import { settlePeaks } from './shared-stats.ts';
import type { Slot } from './slot.ts';

export interface ReclaimOptions {
  /** Frees what the thread has allocated and nobody has freed. Without it those blocks stay live, since others may hold them. Default false. */
  readonly blocks?: boolean;
}

/** How long a thread that sees another one end waits for the lock at a time: who holds it may have ended too, and be next to be seen. */
const PATIENCE_MILLIS = 10;

/**
 * Takes the lock for one thread, and with it takes back what threads that have ended were using. One that is seen to end while the lock is
 * not to be had is remembered and goes with whatever takes the lock next, so that no operation of this thread which has the lock meets
 * memory that it knows to be out of use.
 */
export class Reclaimer {
  readonly #state: SharedState;
  readonly #lists: FreeLists;
  readonly #slots: readonly Slot[];
  readonly #own: Slot;
  readonly #lock: SharedLock;
  /** By thread id, which is never used again within a process. */
  readonly #ended = new Map<number, ReclaimOptions>();
  #retry: NodeJS.Timeout | undefined;

  constructor(state: SharedState, lists: FreeLists, slots: readonly Slot[], own: Slot, lock: SharedLock) {
    this.#state = state;
    this.#lists = lists;
    this.#slots = slots;
    this.#own = own;
    this.#lock = lock;
  }

  /** Takes the lock. @throws LockHeldError */
  enter(): void {
    this.#acquire();
    this.#takeBackEnded();
  }

  /** Takes back a slot the thread of which has ended, and the lock if that held it. @throws LockHeldError */
  reclaim(slot: number, options: ReclaimOptions, timeoutMillis?: number): void {
    this.#acquire(slot, timeoutMillis);
    // Before any other, since what the lock guards is in pieces if it was taken over.
    this.#takeBack(slot, options);
    this.#takeBackEnded();
    this.#lock.release();
  }

  /** The thread was seen to end: takes back its slots, now or as soon as the lock is to be had. */
  reclaimThread(threadId: number, options: ReclaimOptions): void {
    this.#ended.set(threadId, options);
    this.#attempt();
  }

  #attempt(): void {
    const slots = this.#endedSlots();
    const { holder } = this.#lock;
    const first = slots.find(({ id }) => id === holder) ?? slots[0];
    if (first === undefined) return this.#forgetEnded();
    try {
      this.reclaim(first.id, first.options, PATIENCE_MILLIS);
    } catch (error) {
      if (!(error instanceof LockHeldError)) throw error;
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.#attempt(), PATIENCE_MILLIS).unref();
    }
  }

  /** And puts in order what an exception in the middle of an earlier operation of this thread has left. */
  #acquire(dead?: number, timeoutMillis?: number): void {
    const own = this.#own;
    if (this.#lock.acquire(own.id, dead, timeoutMillis) === own.id) recover(this.#state, this.#lists, this.#slots, own, 'keep');
    settlePeaks(this.#state, this.#slots, own);
  }

  #takeBackEnded(): void {
    if (this.#ended.size === 0) return;
    for (const { id, options } of this.#endedSlots()) this.#takeBack(id, options);
    this.#forgetEnded();
  }

  #takeBack(id: number, { blocks = false }: ReclaimOptions): void {
    const slot = this.#slots[id]!;
    settlePeaks(this.#state, this.#slots, slot);
    recover(this.#state, this.#lists, this.#slots, slot, blocks ? 'free' : 'disown');
    Atomics.store(this.#state.attached, id, 0);
  }

  #endedSlots(): { id: number; options: ReclaimOptions }[] {
    const { attached } = this.#state;
    return [...attached.keys()].flatMap((id) => {
      const options = this.#ended.get(Atomics.load(attached, id) - 1);
      return options === undefined ? [] : [{ id, options }];
    });
  }

  #forgetEnded(): void {
    clearTimeout(this.#retry);
    this.#ended.clear();
  }
}
