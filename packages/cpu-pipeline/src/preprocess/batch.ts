import type { PreprocessError } from './errors.ts';

export type Outcome<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: PreprocessError };

/** Where in the inputs of a batch an item is. */
export interface Row<Inputs> {
  readonly inputs: Inputs;
  /** Along the first dimension. */
  readonly row: number;
}

/** What became of the items of one call. It owns the memory of its inputs until it is disposed of. */
export class PreprocessedBatch<Inputs extends Disposable> implements Disposable {
  /** One for each item, in the order of the items. */
  readonly outcomes: readonly Outcome<Row<Inputs>>[];
  /** Of the items that succeeded, in their order: each in one row of one of these. */
  readonly inputs: readonly Inputs[];

  /** @internal */
  constructor(outcomes: readonly Outcome<Row<Inputs>>[], inputs: readonly Inputs[]) {
    this.outcomes = outcomes;
    this.inputs = inputs;
  }

  /** The same, if every item succeeded. @throws PreprocessError of the first that did not; the memory of all is given back then. */
  orThrow(): this {
    for (const outcome of this.outcomes) {
      if (outcome.ok) continue;
      this[Symbol.dispose]();
      throw outcome.error;
    }
    return this;
  }

  /** Gives the memory of all inputs back. */
  [Symbol.dispose](): void {
    for (const inputs of this.inputs) inputs[Symbol.dispose]();
  }
}
