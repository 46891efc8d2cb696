import { Preprocessor, type ImageInput, type Tokenizer } from '@otel-perf/cpu-pipeline';
import type { AdvancedCPUOptimizationConfig } from './config.ts';
import { PooledInputs } from './inputs.ts';
import { Recorder, seconds_since, Totals } from './recorder.ts';
import { ScratchMemory } from './scratch_memory.ts';

export interface Batch {
  readonly texts: readonly string[];
  readonly images: readonly ImageInput[];
  readonly tokenizer?: Tokenizer | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What errors put in front of an item's place. */
  readonly prefix?: string | undefined;
}

/** Makes batches into tensors, and keeps count of it. */
export class InputMaker {
  readonly texts: Totals = new Totals();
  readonly images: Totals = new Totals();
  readonly batches: Totals = new Totals();
  failures = 0;
  readonly #config: AdvancedCPUOptimizationConfig;
  readonly #memory: ScratchMemory;
  readonly #recorder = new Recorder('intel_cpu_preprocessor');

  constructor(config: AdvancedCPUOptimizationConfig) {
    this.#config = config;
    this.#memory = new ScratchMemory(config);
  }

  /** Texts and images at the same time. @throws PreprocessError of the first item with something wrong; nothing is kept then. */
  async make(batch: Batch): Promise<PooledInputs> {
    const started_at = performance.now();
    try {
      const inputs = await this.#make(batch);
      const seconds = seconds_since(started_at);
      this.batches.add(seconds);
      this.#recorder.time('batch_time', seconds);
      this.#recorder.count('batches');
      return inputs;
    } catch (error) {
      this.failures++;
      this.#recorder.time('batch_time', seconds_since(started_at), { error });
      this.#recorder.failed('failures', error);
      throw error;
    }
  }

  close(): void {
    this.#memory.close();
  }

  async #make(batch: Batch): Promise<PooledInputs> {
    const { texts, images, tokenizer, signal } = batch;
    if (texts.length + images.length === 0) throw new RangeError('texts and images must not both be empty');
    if (texts.length > 0 && (tokenizer === undefined || tokenizer === null)) throw new TypeError('texts need a tokenizer');
    const lease = this.#memory.lease(this.#tensor_bytes(batch));
    try {
      const preprocessor = this.#preprocessor(lease.pool, tokenizer);
      const given = (list: readonly unknown[]) => ({ ...(signal && { signal }), ...names(list, batch.prefix) });
      const [text, image] = await Promise.allSettled([
        texts.length === 0 ? undefined : this.#timed('text', this.texts, texts, preprocessor.texts(texts, given(texts))),
        images.length === 0 ? undefined : this.#timed('image', this.images, images, preprocessor.images(images, given(images))),
      ]);
      if (text.status === 'fulfilled' && image.status === 'fulfilled')
        return new PooledInputs(text.value?.inputs[0], image.value?.inputs[0], () => lease[Symbol.dispose]());
      for (const outcome of [text, image]) if (outcome.status === 'fulfilled') outcome.value?.[Symbol.dispose]();
      throw text.status === 'rejected' ? text.reason : (image as PromiseRejectedResult).reason;
    } catch (error) {
      lease[Symbol.dispose]();
      throw error;
    }
  }

  #preprocessor(pool: ConstructorParameters<typeof Preprocessor>[0]['pool'], tokenizer: Tokenizer | undefined): Preprocessor {
    const { image_resize_size, max_text_length, num_preprocess_workers, max_concurrent_threads } = this.#config;
    return new Preprocessor({
      pool,
      ...(tokenizer && { tokenizer }),
      maxTextLength: max_text_length,
      size: image_resize_size,
      concurrency: Math.min(num_preprocess_workers, max_concurrent_threads),
    });
  }

  async #timed<Made extends { orThrow(): Made }>(
    kind: 'text' | 'image',
    totals: Totals,
    { length }: readonly unknown[],
    making: Promise<Made>,
  ): Promise<Made> {
    const started_at = performance.now();
    try {
      const made = (await making).orThrow();
      const seconds = seconds_since(started_at);
      totals.add(seconds, length);
      this.#recorder.time(`${kind}_time`, seconds);
      this.#recorder.count(`${kind}s`, length);
      return made;
    } catch (error) {
      this.#recorder.time(`${kind}_time`, seconds_since(started_at), { error });
      throw error;
    }
  }

  #tensor_bytes({ texts, images }: Batch): number[] {
    const [height, width] = this.#config.image_resize_size;
    const ids = texts.length * this.#config.max_text_length * BigInt64Array.BYTES_PER_ELEMENT;
    return [ids, ids, images.length * 3 * height * width * Float32Array.BYTES_PER_ELEMENT];
  }
}

function names(list: readonly unknown[], prefix: string | undefined): { names?: string[] } {
  return prefix === undefined ? {} : { names: list.map((_, place) => prefix + place) };
}
