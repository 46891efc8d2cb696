import type { MemoryPool, OnFailure } from '@otel-perf/memory-pool';
import { PooledTensor } from '../../model/pooled-tensor.ts';
import type { TextSettings } from '../options.ts';
import type { Tokens } from './tokenizer.ts';

/** Texts as a model takes them, one in each row: both tensors are [texts, length]. */
export class TextInputs implements Disposable {
  readonly input_ids: PooledTensor<'int64'>;
  /** 1 for a token of the text, 0 for padding. */
  readonly attention_mask: PooledTensor<'int64'>;

  /** @internal */
  constructor(input_ids: PooledTensor<'int64'>, attention_mask: PooledTensor<'int64'>) {
    this.input_ids = input_ids;
    this.attention_mask = attention_mask;
  }

  [Symbol.dispose](): void {
    this.input_ids[Symbol.dispose]();
    this.attention_mask[Symbol.dispose]();
  }
}

/** Pads `texts` to one length and writes them into memory of the pool. @throws OutOfMemoryError; nothing is kept then. */
export function textInputs(pool: MemoryPool<OnFailure>, texts: readonly Tokens[], settings: TextSettings): TextInputs {
  const { maxTextLength, padding, paddingSide, padId } = settings;
  const length = padding === 'max_length' ? maxTextLength : texts.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  const inputs = allocate(pool, [texts.length, length]);
  const ids = inputs.input_ids.data.fill(BigInt(padId));
  const masks = inputs.attention_mask.data.fill(0n);
  texts.forEach((text, row) => {
    const start = row * length + (paddingSide === 'left' ? length - text.ids.length : 0);
    for (let i = 0; i < text.ids.length; i++) {
      ids[start + i] = BigInt(text.ids[i]!);
      masks[start + i] = BigInt(text.mask[i]!);
    }
  });
  return inputs;
}

function allocate(pool: MemoryPool<OnFailure>, dims: readonly number[]): TextInputs {
  const ids = PooledTensor.allocate(pool, 'int64', dims);
  try {
    return new TextInputs(ids, PooledTensor.allocate(pool, 'int64', dims));
  } catch (error) {
    ids[Symbol.dispose]();
    throw error;
  }
}
