import type { MemoryPool, OnFailure } from '@otel-perf/memory-pool';
import { PooledTensor } from '../../model/pooled-tensor.ts';
import { work, type Item } from '../item.ts';
import type { Pixels } from './decode.ts';
import { normalisePixels } from './normalise.ts';

/** Images as a model takes them: [images, 3, height, width], red, green and blue. */
export type ImageInputs = PooledTensor<'float32'>;

/** All together where they are of one size, else each alone. */
export function groupBySize(images: readonly Item<Pixels>[]): readonly (readonly Item<Pixels>[])[] {
  const [first] = images;
  if (first === undefined) return [];
  const { width, height } = first.prepared!;
  const agree = images.every(({ prepared }) => prepared!.width === width && prepared!.height === height);
  return agree ? [images] : images.map((image) => [image]);
}

/**
 * Normalises images of one size into memory of the pool; `undefined` where there is no room for them, which is then the error of each.
 * `between` is called after each, and what it throws is thrown, with nothing kept.
 */
export async function imageInputs(
  pool: MemoryPool<OnFailure>,
  images: readonly Item<Pixels>[],
  table: Float32Array,
  between: () => Promise<void>,
): Promise<ImageInputs | undefined> {
  const { width, height } = images[0]!.prepared!;
  const dims = [images.length, 3, height, width];
  const inputs = await work(images, () => PooledTensor.allocate(pool, 'float32', dims));
  if (inputs === undefined) return undefined;
  try {
    const length = 3 * height * width;
    for (const [row, image] of images.entries()) {
      const planes = inputs.data.subarray(row * length, (row + 1) * length);
      await work([image], () => normalisePixels(image.prepared!.data, table, planes));
      image.prepared = undefined;
      await between();
    }
    return inputs;
  } catch (error) {
    inputs[Symbol.dispose]();
    throw error;
  }
}
