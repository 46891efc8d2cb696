import type { Tensor } from '../model/tensor.ts';
import type { Tensors } from './stack.ts';

/** Views of `count` rows of each, from row `from` on. */
export function rowsOf(tensors: Tensors, from: number, count: number): Tensors {
  return mapTensors(tensors, ({ type, dims: [all, ...row], data }) => {
    const length = data.length / all!;
    return { type, dims: [count, ...row], data: data.subarray(from * length, (from + count) * length) };
  });
}

/** The same in memory of their own. */
export function copyOf(tensors: Tensors): Tensors {
  return mapTensors(tensors, ({ type, dims, data }) => ({ type, dims, data: data.slice() }));
}

function mapTensors(tensors: Tensors, change: (tensor: Tensor) => Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]));
}
