import { availableParallelism } from 'node:os';
import type { Load, Range, Settings, Tunable } from '../adapt/tunable.ts';
import type { OnnxModel } from '../infer/onnx-model.ts';
import { CALLS_PER_THREAD } from '../infer/thread-state.ts';
import { checkInteger } from '../model/options.ts';
import type { InferencePipeline } from '../pipeline/inference-pipeline.ts';

export interface TuningLimits {
  /**
   * Items of a batch. Default [1, 32]; [1, 1] whatever is given for a stage without batches. Twice as many, and the tensors of their batch,
   * may lie in the pool for each worker.
   */
  readonly batchSize?: Range;
  /** Default [1, processors]. */
  readonly workers?: Range;
  /** Default [1, processors]. */
  readonly threads?: Range;
}

/** What is asked of a pipeline. */
export type TunedPipeline = Pick<InferencePipeline<never, unknown>, 'setBatchSize' | 'setConcurrency' | 'read'>;
type TunedModel = Pick<OnnxModel, 'settings' | 'configure'>;

const LARGEST_BATCH = 32;
const MOST_ITEMS = Number.MAX_SAFE_INTEGER;
/** As many as a model takes. */
const MOST_WORKERS = 256;
const MOST_THREADS = 1024;
const ONE: Range = [1, 1];

/**
 * What an `AdaptiveOptimizer` needs to tune `stage` of a pipeline, which calls `model`: as many calls at a time as the model's workers take, and
 * batches of the size that it finds best. `batchSize` is that of the stage now, `undefined` where it has no batches. Default limits reach as far
 * as what is set now. From now on settings are to be changed by nobody else.
 * @throws TypeError or RangeError that names the option and its bound.
 */
export function tune(
  pipeline: TunedPipeline,
  stage: string,
  model: TunedModel,
  batchSize: number | undefined,
  limits: TuningLimits = {},
): Tunable {
  const processors = availableParallelism();
  const { workers, intraOpNumThreads } = model.settings;
  const sizes = checkRange('limits.batchSize', limits.batchSize ?? [1, Math.max(LARGEST_BATCH, batchSize ?? 1)], MOST_ITEMS);
  const resolved = {
    batchSize: batchSize === undefined ? ONE : sizes,
    workers: checkRange('limits.workers', limits.workers ?? [1, Math.max(processors, workers)], MOST_WORKERS),
    threads: checkRange('limits.threads', limits.threads ?? [1, Math.max(processors, intraOpNumThreads)], MOST_THREADS),
  };
  return new TunablePipeline(pipeline, stage, model, batchSize, resolved);
}

class TunablePipeline implements Tunable {
  readonly limits: Tunable['limits'];
  readonly #pipeline: TunedPipeline;
  readonly #stage: string;
  readonly #model: TunedModel;
  #batchSize: number | undefined;

  constructor(pipeline: TunedPipeline, stage: string, model: TunedModel, batchSize: number | undefined, limits: Tunable['limits']) {
    this.#pipeline = pipeline;
    this.#stage = stage;
    this.#model = model;
    this.#batchSize = batchSize;
    this.limits = limits;
    pipeline.setConcurrency(stage, callsOf(model.settings.workers));
    if (batchSize !== undefined) pipeline.setBatchSize(stage, batchSize);
  }

  get settings(): Settings {
    const { workers, intraOpNumThreads } = this.#model.settings;
    return { batchSize: this.#batchSize ?? 1, workers, threads: intraOpNumThreads };
  }

  async apply({ batchSize, workers, threads }: Settings): Promise<void> {
    // Before anything is changed.
    checkInteger('batchSize', batchSize, 1);
    const now = this.settings;
    if (workers !== now.workers || threads !== now.threads) await this.#model.configure({ workers, intraOpNumThreads: threads });
    this.#pipeline.setConcurrency(this.#stage, callsOf(workers));
    if (this.#batchSize === undefined) return;
    this.#pipeline.setBatchSize(this.#stage, batchSize);
    this.#batchSize = batchSize;
  }

  read(): Load {
    return this.#pipeline.read();
  }
}

function callsOf(workers: number): number {
  return workers * CALLS_PER_THREAD;
}

function checkRange(option: string, range: Range, most: number): Range {
  if (!Array.isArray(range)) throw new TypeError(`${option} must be [least, most], not ${String(range)}`);
  const least = checkInteger(`${option}[0]`, range[0], 1, most);
  return [least, checkInteger(`${option}[1]`, range[1], least, most)];
}
