import type { Order } from './protocol.ts';

interface Open {
  readonly order: Order;
  readonly done: PromiseWithResolvers<void>;
  /** Workers that died over it. */
  deaths: number;
}

/** Whoever takes an order dies of it at most so often. */
const MOST_DEATHS = 2;

/** What the worker is asked to do, until it has done so. An order outlives a worker that dies: the next one gets it, and no further. */
export class Orders {
  /** The number of the order that was carried out last, as the worker writes it. */
  readonly word: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #open = new Map<number, Open>();
  #last = 0;

  get open(): readonly Order[] {
    return [...this.#open.values()].map(({ order }) => order);
  }

  add(kind: Order['kind']): Order {
    const order = { kind, id: ++this.#last };
    this.#open.set(order.id, { order, done: Promise.withResolvers(), deaths: 0 });
    return order;
  }

  /** Resolves when it is carried out, or never will be. */
  async done({ id }: Order): Promise<void> {
    await this.#open.get(id)?.done.promise;
  }

  /** Blocks the thread, at most for `millis`. Whether it is carried out. The order is not open any more. */
  waitFor({ id }: Order, millis: number): boolean {
    const deadline = performance.now() + millis;
    for (let last = this.#carriedOut; last < id; last = this.#carriedOut) {
      const left = deadline - performance.now();
      if (left <= 0) break;
      Atomics.wait(this.word, 0, last, left);
    }
    this.finish(id);
    return this.#carriedOut >= id;
  }

  finish(id: number): void {
    this.#open.get(id)?.done.resolve();
    this.#open.delete(id);
  }

  finishAll(): void {
    for (const id of this.#open.keys()) this.finish(id);
  }

  /** The worker that had all open orders has died. */
  bury(): void {
    for (const open of this.#open.values()) {
      if (++open.deaths === MOST_DEATHS) this.finish(open.order.id);
    }
  }

  get #carriedOut(): number {
    return Atomics.load(this.word, 0);
  }
}
