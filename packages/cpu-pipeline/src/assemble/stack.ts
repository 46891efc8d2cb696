import type { MemoryPool, OnFailure } from '@otel-perf/memory-pool';
import { elementsOf } from '../infer/onnx-types.ts';
import { PooledTensor } from '../model/pooled-tensor.ts';
import type { Tensor } from '../model/tensor.ts';

/** By the names of a model's inputs, or of its outputs. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** Tensors of several items, one behind the other along the first dimension. All must have one `stackKey`. */
export class Stack implements Disposable {
  readonly tensors: Tensors;
  readonly #made: PooledTensor[] = [];

  /** @throws OutOfMemoryError where there is no room; nothing is kept then. */
  constructor(pool: MemoryPool<OnFailure>, all: readonly [Tensors, ...Tensors[]]) {
    const [first] = all;
    try {
      this.tensors = Object.fromEntries(
        Object.keys(first).map((name) => [
          name,
          this.#stacked(
            pool,
            all.map((each) => each[name]!),
          ),
        ]),
      );
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    for (const each of this.#made.splice(0)) each[Symbol.dispose]();
  }

  #stacked(pool: MemoryPool<OnFailure>, parts: readonly Tensor[]): Tensor {
    const {
      type,
      dims: [, ...row],
      data: none,
    } = parts[0]!;
    const dims = [parts.reduce((sum, { dims: [rows] }) => sum + rows!, 0), ...row];
    if (elementsOf(dims) === 0) return { type, dims, data: none };
    const stacked = PooledTensor.allocate(pool, type, dims);
    this.#made.push(stacked);
    let at = 0;
    for (const { data } of parts) {
      // Of one type, which the compiler does not know.
      (stacked.data as Float64Array).set(data as Float64Array, at);
      at += data.length;
    }
    return stacked;
  }
}

/**
 * What is the same for items that can be stacked; `undefined` for one that goes alone: its tensors have no rows, or not the same number.
 * Their names must be in one order.
 */
export function stackKey(tensors: Tensors): string | undefined {
  const all = Object.values(tensors);
  const rows = all[0]?.dims[0] ?? 0;
  if (rows === 0 || all.some(({ dims }) => dims[0] !== rows)) return undefined;
  return JSON.stringify(all.map(({ dims }) => dims.slice(1)));
}
