import {
  NO_BLOCK,
  OutOfMemoryError,
  type ElementType,
  type Handle,
  type MemoryPool,
  type OnFailure,
  type ViewOf,
} from '@otel-perf/memory-pool';
import { checkInteger } from './options.ts';
import type { Tensor } from './tensor.ts';

const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  float64: 8,
  int64: 8,
  uint64: 8,
};
/** What `MemoryPool.malloc` takes. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * A tensor in the memory of a pool, which has it back when the tensor is disposed of. `using tensor = PooledTensor.allocate(…)` does that at
 * the end of the scope.
 *
 * It is bound to a bare handle, not to a `MemoryBlock`: `compact()` must not move it, nor a garbage collector give it back, while another
 * thread works on it. So it has to be disposed of. What `postMessage` makes of one is a plain `Tensor` over the same memory where the pool
 * is shared, and a copy where it is not; the memory stays this tensor's to give back.
 */
export class PooledTensor<T extends ElementType = ElementType> implements Tensor<T>, Disposable {
  readonly type: T;
  readonly dims: readonly number[];
  /** Empty once disposed of. */
  readonly data: ViewOf<T>;
  readonly #pool: MemoryPool<OnFailure>;
  #handle: Handle;

  /**
   * A tensor of what happens to be in the memory, unless the pool clears it.
   * @throws OutOfMemoryError where there is no room, whatever the pool's `onFailure`, RangeError for dims that are no positive integers.
   */
  static allocate<T extends ElementType>(pool: MemoryPool<OnFailure>, type: T, dims: readonly number[]): PooledTensor<T> {
    if (!Object.hasOwn(ELEMENT_BYTES, type)) {
      throw new TypeError(`type must be one of ${Object.keys(ELEMENT_BYTES).join(', ')}, not ${String(type)}`);
    }
    const elements = dims.reduce((product, dim, axis) => product * checkInteger(`dims[${axis}]`, dim, 1), 1);
    return new PooledTensor(pool, mallocOrThrow(pool, elements * ELEMENT_BYTES[type]), type, dims);
  }

  private constructor(pool: MemoryPool<OnFailure>, handle: Handle, type: T, dims: readonly number[]) {
    this.#pool = pool;
    this.#handle = handle;
    this.type = type;
    this.dims = [...dims];
    this.data = pool.view(handle, type);
  }

  /** Gives the memory back, the first time. Nobody may use it afterwards, in other threads either. */
  [Symbol.dispose](): void {
    const handle = this.#handle;
    if (handle === NO_BLOCK) return;
    this.#handle = NO_BLOCK;
    (this as { data: ViewOf<T> }).data = this.data.subarray(0, 0) as ViewOf<T>;
    this.#pool.free(handle);
  }
}

function mallocOrThrow(pool: MemoryPool<OnFailure>, bytes: number): Handle {
  // A pool refuses so much by `allocate` alone, and tells why.
  if (bytes > MOST_BYTES) pool.allocate(bytes);
  const handle = bytes > MOST_BYTES ? NO_BLOCK : pool.malloc(bytes);
  if (handle === NO_BLOCK) throw new OutOfMemoryError(pool.lastFailure!);
  return handle;
}
