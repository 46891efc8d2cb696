import type { Tensor } from '../model/tensor.ts';

/** What a call of a model gives. Its tensors lie in shared memory, which `using result = await model.run(…)` gives back, or `dispose()`. */
export class OnnxResult implements Disposable {
  readonly #tensors: Readonly<Record<string, Tensor>>;
  #free: (() => void) | undefined;

  /** @internal */
  constructor(tensors: Readonly<Record<string, Tensor>>, free: () => void) {
    this.#tensors = tensors;
    this.#free = free;
  }

  /** By the names of outputs. Not to be used any more once the result is disposed of. @throws Error after that. */
  get tensors(): Readonly<Record<string, Tensor>> {
    if (this.#free === undefined) throw new Error('this result is disposed of: its memory is given back');
    return this.#tensors;
  }

  /** Gives the memory back, the first time. */
  dispose(): void {
    const free = this.#free;
    this.#free = undefined;
    free?.();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
