import { TensorType } from '@otel-perf/memory-pool';

const TYPES: readonly unknown[] = Object.values(TensorType);

/** @throws RangeError for what is no `TensorType`. */
export function check_tensor_type(tensor_type: TensorType): void {
  if (!TYPES.includes(tensor_type)) throw new RangeError(`there is no tensor type ${String(tensor_type)}, only ${TYPES.join(', ')}`);
}

/** @throws RangeError that names what `name` stands for. */
export function check_min_block_size(min_block_size: number): void {
  if (!Number.isInteger(Math.log2(min_block_size)) || min_block_size < 8)
    throw new RangeError(`min_block_size must be a power of two of at least 8, not ${String(min_block_size)}`);
}

/** @throws RangeError that names the size. */
export function check_total_size(name: string, size: number, min_block_size: number): void {
  if (!Number.isInteger(size) || size <= 0) throw new RangeError(`${name} must be a positive integer, not ${String(size)}`);
  if (size % min_block_size !== 0) throw new RangeError(`${name} must be a multiple of min_block_size (${min_block_size}), not ${size}`);
}

/** It is not optional: without one there would be no way to free the block by it. @throws TypeError where it is missing. */
export function check_tensor_id(tensor_id: string): string {
  if (tensor_id === undefined) throw new TypeError('tensor_id must be given');
  return tensor_id;
}
