/** Numbers with a shape, row by row. The product of `dims` is the length of `data`. */
export interface FloatTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/**
 * A tensor in the first places of `into`, or in memory of its own. What lies there is not cleared.
 *
 * @throws RangeError where `into` is too short.
 */
export function tensorIn(dims: readonly number[], into: Float32Array | undefined): FloatTensor {
  const length = dims.reduce((product, dim) => product * dim, 1);
  if (into === undefined) return { data: new Float32Array(length), dims };
  if (into.length < length) throw new RangeError(`a tensor of ${dims.join(' x ')} needs ${length} numbers, not ${into.length}`);
  return { data: into.subarray(0, length), dims };
}
