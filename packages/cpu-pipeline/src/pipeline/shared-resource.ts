import type { Resource } from './context.ts';
import type { Disposals } from './disposals.ts';

/** One resource of several items: it ends with the last of its shares. */
export class SharedResource {
  readonly #resource: Resource;
  readonly #disposals: Disposals;
  #shares = 0;

  constructor(resource: Resource, disposals: Disposals) {
    this.#resource = resource;
    this.#disposals = disposals;
  }

  share(): Disposable {
    this.#shares++;
    return {
      [Symbol.dispose]: () => {
        if (--this.#shares === 0) this.#disposals.dispose(this.#resource);
      },
    };
  }
}
