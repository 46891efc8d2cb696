import { DEFAULT_PAGE } from '../allocate/slab-options.ts';
import { checkInteger, checkMultiple, checkPowerOfTwo } from '../model/options.ts';
import type { Fit, MemoryPoolOptions, OnFailure } from '../pool/pool-options.ts';
import { TENSOR_TYPES, type TensorType } from '../pool/tensor-type.ts';

export interface MemoryPoolingOptions<Failure extends OnFailure = OnFailure>
  extends Pick<
    MemoryPoolOptions<Failure>,
    'name' | 'minBlockSize' | 'zero' | 'onFailure' | 'leaks' | 'onLeak' | 'onMove' | 'timing' | 'collector'
  > {
  /** Bytes of each pool. Default 512 MiB for KV cache and gradients, 256 MiB for image features and activations, 128 MiB for text
   * embeddings, 1 GiB for parameters. */
  readonly sizes?: Readonly<Partial<Record<TensorType, number>>>;
  /** Default `buddy`. For mixed sizes that are to fill their pool, `tlsf` or `slab`. */
  readonly fits?: Readonly<Partial<Record<TensorType, Exclude<Fit, 'fixed'>>>>;
}

const MIB = 2 ** 20;

const DEFAULT_SIZES: Readonly<Record<TensorType, number>> = {
  kv_cache: 512 * MIB,
  image_features: 256 * MIB,
  text_embeddings: 128 * MIB,
  gradients: 512 * MIB,
  activations: 256 * MIB,
  parameters: 1024 * MIB,
};

/** What each pool is made with. @throws TypeError or RangeError that names the option and its bound. */
export function poolOptionsByType<Failure extends OnFailure>(
  options: MemoryPoolingOptions<Failure>,
): ReadonlyMap<TensorType, MemoryPoolOptions<Failure> & { readonly size: number }> {
  const { sizes = {}, fits = {}, name, minBlockSize = 256, leaks = false, ...common } = options;
  checkPowerOfTwo('minBlockSize', minBlockSize, 8, 2 ** 30);
  for (const [option, given] of Object.entries({ sizes, fits })) for (const type of Object.keys(given)) checkTensorType(type, option);
  const entries = TENSOR_TYPES.map((type) => {
    const size = checkInteger(`sizes.${type}`, sizes[type] ?? DEFAULT_SIZES[type], minBlockSize, minBlockSize * 2 ** 30);
    const fit = fits[type] ?? 'buddy';
    checkMultiple(`sizes.${type}`, size, minBlockSize, 'minBlockSize');
    if (fit === 'slab') checkMultiple(`sizes.${type}`, size, DEFAULT_PAGE, 'the pages of a slab');
    return [type, { ...common, type, name: name ?? type, size, minBlockSize, fit, leaks }] as const;
  });
  return new Map(entries);
}

/** @throws RangeError for a word that is no `TensorType`. */
export function checkTensorType(type: string, option = 'type'): TensorType {
  const known = TENSOR_TYPES.find((each) => each === type);
  if (known === undefined)
    throw new RangeError(`${option}: there is no tensor type ${JSON.stringify(type)}, only ${TENSOR_TYPES.join(', ')}`);
  return known;
}
