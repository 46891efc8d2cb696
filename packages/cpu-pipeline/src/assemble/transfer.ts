import { isSharedArrayBuffer } from 'node:util/types';
import type { MemoryPool, OnFailure } from '@otel-perf/memory-pool';
import { checkFeeds } from '../infer/feeds.ts';
import type { OnnxModel } from '../infer/onnx-model.ts';
import { PooledTensor } from '../model/pooled-tensor.ts';
import type { Tensor } from '../model/tensor.ts';
import type { ItemContext } from '../pipeline/context.ts';
import { InputRoom } from './input-room.ts';
import type { Tensors } from './stack.ts';

/** What inputs may take of a pool: as much is for batches of them, and for outputs. */
const SHARE = 1 / 3;

/**
 * Checks an item's tensors, puts them in the order of the model's inputs, and copies those into the pool that do not lie in shared memory,
 * when there is room. What is wrong with them is the error of that item: later it may be in one batch with others.
 */
export function transfer(
  model: OnnxModel,
  pool: MemoryPool<OnFailure>,
): (given: Tensors, context: ItemContext) => Tensors | Promise<Tensors> {
  const room = new InputRoom(SHARE * pool.size);
  return (given, context) => {
    const feeds = checkFeeds(model.name, model, given);
    const bytes = feeds.reduce((sum, { tensor }) => sum + (isThere(tensor) ? 0 : blockBytes(tensor.data.byteLength)), 0);
    const copyAll = (lease?: Disposable): Tensors => {
      if (lease !== undefined) context.own(lease);
      return Object.fromEntries(feeds.map(({ name, tensor }) => [name, isThere(tensor) ? tensor : copy(pool, tensor, context)]));
    };
    if (bytes === 0) return copyAll();
    const lease = room.take(bytes);
    return lease instanceof Promise ? lease.then(copyAll) : copyAll(lease);
  };
}

function isThere({ data }: Tensor): boolean {
  return data.length === 0 || isSharedArrayBuffer(data.buffer);
}

/** Of the block that a `SharedAllocator` takes for it. */
function blockBytes(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes));
}

function copy(pool: MemoryPool<OnFailure>, { type, dims, data }: Tensor, context: ItemContext): Tensor {
  const copied = context.own(PooledTensor.allocate(pool, type, dims));
  // Of one type, which the compiler does not know.
  (copied.data as Float64Array).set(data as Float64Array);
  return copied;
}
