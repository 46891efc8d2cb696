import { OBSERVE, type Arena } from '../memory/arena.ts';

/** Hears of requests for the values of observables, from whichever thread. Does not keep the process alive. */
export class RequestListener {
  readonly #i32: Int32Array<SharedArrayBuffer>;
  #isClosed = false;

  /** `answer` is called with the newest request, once it has answered the one before; it must not reject. */
  constructor({ i32 }: Arena, answer: (request: number) => Promise<void>) {
    this.#i32 = i32;
    void this.#listen(answer);
  }

  newest(): number {
    return Atomics.load(this.#i32, OBSERVE);
  }

  close(): void {
    this.#isClosed = true;
    // All listeners wake; the others find nothing new.
    Atomics.notify(this.#i32, OBSERVE);
  }

  async #listen(answer: (request: number) => Promise<void>): Promise<void> {
    let heard = this.newest();
    while (!this.#isClosed) {
      const wait = Atomics.waitAsync(this.#i32, OBSERVE, heard);
      if (wait.async) await wait.value;
      const request = this.newest();
      if (this.#isClosed || request === heard) continue;
      heard = request;
      await answer(request);
    }
  }
}
