/** What a pool's memory is for. The value is the tag `pool.type`. */
export const TensorType = {
  KV_CACHE: 'kv_cache',
  IMAGE_FEATURES: 'image_features',
  TEXT_EMBEDDINGS: 'text_embeddings',
  GRADIENTS: 'gradients',
  ACTIVATIONS: 'activations',
  PARAMETERS: 'parameters',
} as const;
export type TensorType = (typeof TensorType)[keyof typeof TensorType];

export const TENSOR_TYPES: readonly TensorType[] = Object.values(TensorType);
