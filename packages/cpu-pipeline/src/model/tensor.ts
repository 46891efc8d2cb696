import type { ElementType, ViewOf } from '@otel-perf/memory-pool';

/**
 * Numbers with a shape, row by row. One whose `data` lies in a SharedArrayBuffer, such as a pool's, goes to another thread without a copy,
 * and must stay as it is until that one is done.
 */
export interface Tensor<T extends ElementType = ElementType> {
  readonly type: T;
  /** Their product is the length of `data`. */
  readonly dims: readonly number[];
  readonly data: ViewOf<T>;
}
