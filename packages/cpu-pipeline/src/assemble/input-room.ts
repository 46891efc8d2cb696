interface Waiter {
  readonly bytes: number;
  readonly go: (lease: Disposable) => void;
}

/**
 * The part of a pool that inputs may take. Whoever comes when it is taken waits for others to leave, so that items hold each other back
 * where they would otherwise fail, and outputs find room in what is left. It only counts.
 */
export class InputRoom {
  readonly #most: number;
  #taken = 0;
  #waiting: Waiter[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** Room for `bytes`, until it is disposed of: at once where there is some, or nobody to wait for. In the order of the calls. */
  take(bytes: number): Disposable | Promise<Disposable> {
    if (this.#waiting.length === 0 && this.#hasRoom(bytes)) return this.#lease(bytes);
    return new Promise((go) => this.#waiting.push({ bytes, go }));
  }

  #hasRoom(bytes: number): boolean {
    return this.#taken === 0 || this.#taken + bytes <= this.#most;
  }

  #lease(bytes: number): Disposable {
    this.#taken += bytes;
    return {
      [Symbol.dispose]: () => {
        this.#taken -= bytes;
        while (this.#waiting.length > 0 && this.#hasRoom(this.#waiting[0]!.bytes)) {
          const { bytes: next, go } = this.#waiting.shift()!;
          go(this.#lease(next));
        }
      },
    };
  }
}
