import { SharedAllocator, MemoryPool, type OnFailure } from '@otel-perf/memory-pool';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import type { Tensor } from '../../src/model/tensor.ts';
import { onnxFile, type Value } from '../infer/onnx-file.ts';

export const MEBIBYTE = 2 ** 20;

/** A pool that leaves the collector of the process alone, and how many of its blocks are live. */
export function makePool(size = 64 * MEBIBYTE) {
  const fit = SharedAllocator.create({ size, maxThreads: 1 });
  const pool: MemoryPool<OnFailure> = new MemoryPool({ type: 'activations', fit, collector: new CentralizedMetricsCollector() });
  return { pool, live: (): number => pool.stats().blocks.current };
}

export function floats(dims: readonly number[], values: readonly number[]): Tensor<'float32'> {
  return { type: 'float32', dims, data: Float32Array.from(values) };
}

export function integers(dims: readonly number[], values: readonly number[]): Tensor<'int64'> {
  return { type: 'int64', dims, data: BigInt64Array.from(values, BigInt) };
}

const rows = (name: string, width: number | string): Value => ({ name, type: 'float32', dims: ['n', width] });

/** y [n, w] = x [n, w] + x. */
export const DOUBLE = onnxFile([rows('x', 'w')], [{ operator: 'Add', inputs: ['x', 'x'], outputs: ['y'] }], [rows('y', 'w')]);

/** y [n, w] = a [n, w] - b [n, w]. */
export const SUBTRACT = onnxFile(
  [rows('a', 'w'), rows('b', 'w')],
  [{ operator: 'Sub', inputs: ['a', 'b'], outputs: ['y'] }],
  [rows('y', 'w')],
);

/** y [n, 1], of each row of x [n, 3] the element at the place [n, 1]; it fails for places beyond the row. */
export const PICK = onnxFile(
  [rows('x', 3), { name: 'place', type: 'int64', dims: ['n', 1] }],
  [{ operator: 'GatherElements', inputs: ['x', 'place'], outputs: ['y'], attributes: { axis: 1 } }],
  [rows('y', 1)],
);

/** y [m, 2], the rows of x [n, 2] with a truth value in keep [n]. */
export const FILTER = onnxFile(
  [rows('x', 2), { name: 'keep', type: 'bool', dims: ['n'] }],
  [{ operator: 'Compress', inputs: ['x', 'keep'], outputs: ['y'], attributes: { axis: 0 } }],
  [{ name: 'y', type: 'float32', dims: ['m', 2] }],
);

/** y [k, w], the rows of a [n, w] and those of b [m, w]. */
export const JOIN = onnxFile(
  [rows('a', 'w'), { name: 'b', type: 'float32', dims: ['m', 'w'] }],
  [{ operator: 'Concat', inputs: ['a', 'b'], outputs: ['y'], attributes: { axis: 0 } }],
  [{ name: 'y', type: 'float32', dims: ['k', 'w'] }],
);

/** y [1, 2] = x [1, 2] + x: of one row and no other number. */
export const ONE_ROW = onnxFile(
  [{ name: 'x', type: 'float32', dims: [1, 2] }],
  [{ operator: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
  [{ name: 'y', type: 'float32', dims: [1, 2] }],
);
