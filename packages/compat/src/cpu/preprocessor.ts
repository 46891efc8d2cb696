import type { ImageInput, Tokenizer } from '@otel-perf/cpu-pipeline';
import { check_list } from './checks.ts';
import { AdvancedCPUOptimizationConfig, type CPUOptimizationOptions } from './config.ts';
import { InputMaker } from './input_maker.ts';
import type { BatchInputs } from './inputs.ts';

/** Texts, and the images that belong to them. */
export type TextsAndImages = readonly [texts: readonly string[], images?: readonly ImageInput[] | null];

/** Over all batches since the start that succeeded; times in seconds. Texts and images of a batch are prepared at the same time. */
export interface PreprocessorMetrics {
  batch_count: number;
  text_count: number;
  image_count: number;
  /** Batches. */
  failure_count: number;
  total_batch_time: number;
  total_text_time: number;
  total_image_time: number;
  avg_batch_time: number;
  /** Per text. */
  avg_text_time: number;
  /** Per image. */
  avg_image_time: number;
}

/** Makes texts and images into what a model takes. */
export class IntelCPUOptimizedPreprocessor implements Disposable {
  readonly config: AdvancedCPUOptimizationConfig;
  readonly tokenizer: Tokenizer | null;
  readonly #maker: InputMaker;

  /**
   * `tokenizer` is needed for texts; one that tells no padding token is given one as its `pad_token_id`.
   * @throws TypeError or RangeError that names the option and its bounds.
   */
  constructor(config: CPUOptimizationOptions = {}, tokenizer?: Tokenizer | null) {
    this.config = AdvancedCPUOptimizationConfig.from(config);
    this.tokenizer = check_tokenizer(tokenizer);
    this.#maker = new InputMaker(this.config);
  }

  /**
   * Either may be empty, not both. Images, by path or bytes, become RGB, resized, from 0 to 1, normalised and channels first.
   * @throws PreprocessError of the first item with something wrong, which it names by its place.
   */
  async preprocess_batch(texts: readonly string[], images?: readonly ImageInput[] | null): Promise<BatchInputs> {
    return this.#preprocess(texts, images);
  }

  /**
   * Several batches, `num_preprocess_workers` at a time; the results are in the order of the batches.
   * @throws PreprocessError of the first item found with something wrong, named `batch/place`; batches that wait are not begun then.
   */
  async preprocess_batch_parallel(batches: readonly TextsAndImages[]): Promise<BatchInputs[]> {
    const results = Array.from<BatchInputs>({ length: check_list('batches', batches).length });
    const waiting = batches.entries();
    let failure: { readonly error: unknown } | undefined;
    const work = async (): Promise<void> => {
      for (const [place, [texts, images]] of waiting) {
        if (failure !== undefined) return;
        try {
          // oxlint-disable-next-line no-await-in-loop -- one after the other, and as many loops as there are workers
          results[place] = await this.#preprocess(texts, images, `${place}/`);
        } catch (error) {
          failure ??= { error };
        }
      }
    };
    await Promise.all(Array.from({ length: this.config.num_preprocess_workers }, work));
    if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
    return results;
  }

  get_performance_metrics(): PreprocessorMetrics {
    return to_preprocessor_metrics(this.#maker);
  }

  /** Gives kept memory back; the next batch takes it anew. */
  close(): void {
    this.#maker.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #preprocess(texts: readonly string[], images?: readonly ImageInput[] | null, prefix?: string): Promise<BatchInputs> {
    using inputs = await this.#maker.make({
      texts: check_list('texts', texts),
      images: check_list('images', images),
      tokenizer: this.tokenizer ?? undefined,
      prefix,
    });
    return inputs.copy();
  }
}

/** `null` where there is none. @throws TypeError for what is no tokenizer. */
export function check_tokenizer(tokenizer: Tokenizer | null | undefined): Tokenizer | null {
  if (tokenizer === null || tokenizer === undefined) return null;
  if (typeof tokenizer !== 'function' && typeof tokenizer.encode !== 'function')
    throw new TypeError(`tokenizer must be a function or have encode(), unlike ${String(tokenizer)}`);
  return tokenizer;
}

export function to_preprocessor_metrics({ batches, texts, images, failures }: InputMaker): PreprocessorMetrics {
  return {
    batch_count: batches.count,
    text_count: texts.count,
    image_count: images.count,
    failure_count: failures,
    total_batch_time: batches.seconds,
    total_text_time: texts.seconds,
    total_image_time: images.seconds,
    avg_batch_time: batches.average,
    avg_text_time: texts.average,
    avg_image_time: images.average,
  };
}
