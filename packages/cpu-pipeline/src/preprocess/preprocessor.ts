import type { MemoryPool, OnFailure } from '@otel-perf/memory-pool';
import type { PreprocessedBatch } from './batch.ts';
import type { PreprocessKind } from './errors.ts';
import { decode, type Pixels } from './image/decode.ts';
import { groupBySize, imageInputs, type ImageInputs } from './image/image-inputs.ts';
import { readSource, type ImageInput } from './image/source.ts';
import { Item, work } from './item.ts';
import { preprocessorSettings, type ImageSettings, type PreprocessorOptions, type TextSettings } from './options.ts';
import { runBatch } from './run-batch.ts';
import { readText } from './text/read-text.ts';
import { TextInputs, textInputs } from './text/text-inputs.ts';
import type { Tokens } from './text/tokenizer.ts';
import { ItemTimes } from './times.ts';

export interface ItemOptions {
  /** What an error calls the item. Default 0. */
  readonly name?: string;
  /** Once it aborts, the call rejects with its reason, after the step that runs; nothing is kept. */
  readonly signal?: AbortSignal;
}

export interface BatchOptions {
  /** What errors call the items. Default their places, from 0. */
  readonly names?: readonly string[];
  /** See `ItemOptions`. */
  readonly signal?: AbortSignal;
}

/**
 * Makes texts and images into tensors, in the memory of a pool. The caller disposes of them.
 *
 * Something wrong with an item, or no room for it, is a `PreprocessError` for that item alone. Whatever else goes wrong rejects the call,
 * with nothing kept: an abort, the package "sharp" missing, a closed pool.
 *
 * Tokenizers work on the calling thread, images are decoded and resized on libuv's threads (4 unless `UV_THREADPOOL_SIZE` says otherwise),
 * and normalised on the calling one.
 *
 * Recorded: `preprocessor_text_time` and `preprocessor_image_time` of source `cpu_pipeline`, each item's own time; those that failed with
 * their reason as `error.type`.
 */
export class Preprocessor {
  readonly #pool: MemoryPool<OnFailure>;
  readonly #text: TextSettings | undefined;
  readonly #image: ImageSettings;
  readonly #times: Readonly<Record<PreprocessKind, ItemTimes>>;

  /** @throws TypeError or RangeError that names the option and its bound. */
  constructor(options: PreprocessorOptions) {
    const { pool, text, image, collector } = preprocessorSettings(options);
    this.#pool = pool;
    this.#text = text;
    this.#image = image;
    this.#times = { text: new ItemTimes(collector, 'text'), image: new ItemTimes(collector, 'image') };
  }

  /** Token ids and attention mask of one text, both [1, length]. @throws PreprocessError */
  async text(text: string, { name, signal }: ItemOptions = {}): Promise<TextInputs> {
    const batch = await this.#texts([new Item('text', 0, name ?? 0, text)], signal);
    return batch.orThrow().inputs[0]!;
  }

  /** Token ids and attention mask of the texts that succeeded, both [texts, length], padded to one length. */
  async texts(texts: readonly string[], options: BatchOptions = {}): Promise<PreprocessedBatch<TextInputs>> {
    return this.#texts(itemsOf('text', texts, options), options.signal);
  }

  /** One image, [1, 3, height, width]. @throws PreprocessError */
  async image(image: ImageInput, { name, signal }: ItemOptions = {}): Promise<ImageInputs> {
    const batch = await this.#images([new Item('image', 0, name ?? 0, image)], signal);
    return batch.orThrow().inputs[0]!;
  }

  /**
   * The images that succeeded: all in one tensor, [images, 3, height, width], where they come to one size, else each in its own. While it
   * runs, all of them are held as pixels too, a quarter of the tensors' bytes. Where there is no room for a tensor, all of its images fail.
   */
  async images(images: readonly ImageInput[], options: BatchOptions = {}): Promise<PreprocessedBatch<ImageInputs>> {
    return this.#images(itemsOf('image', images, options), options.signal);
  }

  async #texts(items: readonly Item<Tokens>[], signal: AbortSignal | undefined): Promise<PreprocessedBatch<TextInputs>> {
    const settings = this.#text;
    if (settings === undefined) throw new TypeError('texts need the option tokenizer');
    const steps = {
      times: this.#times.text,
      concurrency: 1,
      prepare: (item: Item<Tokens>) => readText(item, settings),
      group: (texts: readonly Item<Tokens>[]) => (texts.length === 0 ? [] : [texts]),
      assemble: (texts: readonly Item<Tokens>[]) =>
        work(texts, () =>
          textInputs(
            this.#pool,
            texts.map(({ prepared }) => prepared!),
            settings,
          ),
        ),
    };
    return runBatch(items, steps, signal);
  }

  async #images(items: readonly Item<Pixels>[], signal: AbortSignal | undefined): Promise<PreprocessedBatch<ImageInputs>> {
    const settings = this.#image;
    const steps = {
      times: this.#times.image,
      concurrency: settings.concurrency,
      prepare: async (item: Item<Pixels>) => decode(item, await readSource(item, settings, signal), settings),
      group: groupBySize,
      assemble: (images: readonly Item<Pixels>[], between: () => Promise<void>) => imageInputs(this.#pool, images, settings.table, between),
    };
    return runBatch(items, steps, signal);
  }
}

function itemsOf<Prepared>(kind: PreprocessKind, inputs: readonly unknown[], { names }: BatchOptions): Item<Prepared>[] {
  if (!Array.isArray(inputs)) throw new TypeError(`${kind}s must be an array, not ${String(inputs)}`);
  return Array.from(inputs, (input: unknown, index) => new Item(kind, index, names?.[index] ?? index, input));
}
