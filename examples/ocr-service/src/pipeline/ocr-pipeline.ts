import {
  AdaptiveOptimizer,
  createSharedPool,
  InferencePipeline,
  tune,
  type AdaptiveOptimizerOptions,
  type ItemOptions,
  type Outcome,
} from '@otel-perf/cpu-pipeline';
import type { MemoryPool, PoolStats } from '@otel-perf/memory-pool';
import type { ImageSource } from '../load/load-image.ts';
import { modelPaths } from '../model/paths.ts';
import { resolveOptions, type OcrOptions } from './options.ts';
import { PooledModel } from './pooled-model.ts';
import { ocrStages, RECOGNISE, type OcrModels, type OcrPage } from './stages.ts';

const MEBIBYTE = 2 ** 20;
/** For the strips of the pages under way. */
const POOL_BYTES = 64 * MEBIBYTE;
/** For each worker, what its largest calls of the detector and of the recogniser take, and what waits for it. */
const POOL_BYTES_OF_WORKER = 96 * MEBIBYTE;
const MOST_POOL_BYTES = 2 ** 31 - MEBIBYTE;

export type OcrOutcome = Outcome<ImageSource, OcrPage>;

/**
 * Reads the text in images, which may be upside down, on their side, or skewed, by the PP-OCR models. Its tensors lie in one pool of shared
 * memory; sessions run in threads of their own.
 */
export class OcrPipeline implements AsyncDisposable {
  readonly #pipeline: InferencePipeline<ImageSource, OcrPage>;
  readonly #models: OcrModels;
  readonly #pool: MemoryPool;
  readonly #options: Required<OcrOptions>;
  #closed: Promise<PoolStats> | undefined;

  /** Resolves when all models are loaded. @throws RangeError that names the option and its bounds; what `OnnxModel.load` throws. */
  static async open(options: OcrOptions = {}): Promise<OcrPipeline> {
    const resolved = resolveOptions(options);
    const { workers, collector } = resolved;
    const size = Math.min(POOL_BYTES + workers * POOL_BYTES_OF_WORKER, MOST_POOL_BYTES);
    const pool = createSharedPool({ size, name: 'ocr', collector });
    try {
      return new OcrPipeline(resolved, pool, await loadModels(workers, pool));
    } catch (error) {
      pool.close();
      throw error;
    }
  }

  private constructor(options: Required<OcrOptions>, pool: MemoryPool, models: OcrModels) {
    const { maxQueued, collector } = options;
    this.#options = options;
    this.#pool = pool;
    this.#models = models;
    this.#pipeline = new InferencePipeline({ name: 'ocr', stages: ocrStages(models, pool, options), maxQueued, collector });
  }

  /** Of the pool that all tensors lie in. */
  get memory(): PoolStats {
    return this.#pool.stats();
  }

  /**
   * Reads many images, and gives what became of each in their order. One that fails does not disturb the others: its error is an `ImageError`
   * where the image is to blame. To leave the loop, or to abort, cancels what is under way.
   */
  read(
    source: Iterable<ImageSource> | AsyncIterable<ImageSource>,
    options: ItemOptions = {},
  ): AsyncIterableIterator<OcrOutcome, undefined> & AsyncDisposable {
    return this.#pipeline.run(source, options);
  }

  /** Reads one image. @throws ImageError, QueueFullError, PipelineClosedError, OutOfMemoryError, or the signal's reason. */
  submit(image: ImageSource, options: ItemOptions = {}): Promise<OcrPage> {
    return this.#pipeline.submit(image, options);
  }

  /** An optimizer of the recogniser's workers and threads, which are what takes longest. It is the caller's to start and to stop. */
  optimizer(options: AdaptiveOptimizerOptions = {}): AdaptiveOptimizer {
    const { workers, collector } = this.#options;
    const limits = { workers: [1, workers] } as const;
    const tunable = tune(this.#pipeline, RECOGNISE, this.#models.recognise.onnx, undefined, limits);
    return new AdaptiveOptimizer(tunable, { collector, ...options });
  }

  /** Resolves when all is done. Nothing new is taken meanwhile: `submit` rejects with a `PipelineClosedError`. */
  drain(): Promise<void> {
    return this.#pipeline.drain();
  }

  /** Cancels what is under way, and ends the threads. Gives the pool's last statistics: a block that is live in them is a leak. */
  close(): Promise<PoolStats> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<PoolStats> {
    await this.#pipeline.close();
    await closeAll(Object.values(this.#models));
    const stats = this.#pool.stats();
    this.#pool.close();
    return stats;
  }
}

async function loadModels(workers: number, pool: MemoryPool): Promise<OcrModels> {
  const loaded = await Promise.allSettled([
    PooledModel.load(modelPaths.detect, workers, pool),
    PooledModel.load(modelPaths.classify, 1, pool),
    PooledModel.load(modelPaths.recognise, workers, pool),
  ]);
  const [detect, classify, recognise] = loaded;
  if (detect.status === 'fulfilled' && classify.status === 'fulfilled' && recognise.status === 'fulfilled')
    return { detect: detect.value, classify: classify.value, recognise: recognise.value };
  await closeAll(loaded.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
  throw loaded.find((each) => each.status === 'rejected')!.reason;
}

async function closeAll(models: readonly PooledModel[]): Promise<void> {
  await Promise.all(models.map((model) => model[Symbol.asyncDispose]()));
}
