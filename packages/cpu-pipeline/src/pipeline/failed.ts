/** In the results of a batch: this item failed, the others did not. Made by `failed`. */
export class Failed {
  readonly #error: unknown;

  /** @internal */
  constructor(error: unknown) {
    this.#error = error;
  }

  get error(): unknown {
    return this.#error;
  }
}

/** Stands for the result of one item of a batch that failed with `error`. */
export function failed(error: unknown): Failed {
  return new Failed(error);
}
