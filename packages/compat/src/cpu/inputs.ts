import type { PooledTensor, Tensor, TextInputs } from '@otel-perf/cpu-pipeline';

/** What a model gets of a batch, in memory of its own. A type, so that it counts as tensors by name. */
export type BatchInputs = {
  /** [texts, tokens], padded to the longest; [0, 0] without texts. */
  input_ids: Tensor<'int64'>;
  /** Of the same dimensions: 1 for a token, 0 for padding. */
  attention_mask: Tensor<'int64'>;
  /** [images, 3, height, width], normalised; absent without images. */
  pixel_values?: Tensor<'float32'>;
};

/** The same in the memory of a pool, until it is disposed of; what there is no input for is absent. */
export class PooledInputs implements Disposable {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly #texts: TextInputs | undefined;
  readonly #images: PooledTensor<'float32'> | undefined;
  readonly #release: () => void;

  /** `release` is called once the memory has been given back. */
  constructor(texts: TextInputs | undefined, images: PooledTensor<'float32'> | undefined, release: () => void) {
    this.#texts = texts;
    this.#images = images;
    this.#release = release;
    this.tensors = {
      ...(texts && { input_ids: texts.input_ids, attention_mask: texts.attention_mask }),
      ...(images && { pixel_values: images }),
    };
  }

  copy(): BatchInputs {
    return {
      input_ids: copy_ids(this.#texts?.input_ids),
      attention_mask: copy_ids(this.#texts?.attention_mask),
      ...(this.#images && { pixel_values: { type: 'float32', dims: this.#images.dims, data: new Float32Array(this.#images.data) } }),
    };
  }

  [Symbol.dispose](): void {
    this.#texts?.[Symbol.dispose]();
    this.#images?.[Symbol.dispose]();
    this.#release();
  }
}

function copy_ids(ids: Tensor<'int64'> | undefined): Tensor<'int64'> {
  return ids === undefined
    ? { type: 'int64', dims: [0, 0], data: new BigInt64Array(0) }
    : { type: 'int64', dims: ids.dims, data: new BigInt64Array(ids.data) };
}
