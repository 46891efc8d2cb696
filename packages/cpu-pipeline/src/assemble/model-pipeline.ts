import type { MemoryPool, OnFailure } from '@otel-perf/memory-pool';
import type { Tunable } from '../adapt/tunable.ts';
import { resolveModel, type RunModel } from '../infer/model.ts';
import { OnnxModel } from '../infer/onnx-model.ts';
import { InferencePipeline, type ItemOptions } from '../pipeline/inference-pipeline.ts';
import type { Outcome } from '../pipeline/pipeline-run.ts';
import { stage, type Stages } from '../pipeline/stages.ts';
import { inferAlone, inferByCall } from './infer-alone.ts';
import { inferTogether, takesRows } from './infer-together.ts';
import {
  checkOptions,
  DEFAULT_BATCH,
  DEFAULT_CONCURRENCY,
  isOnnx,
  type ModelPipelineOptions,
  type OnnxPipelineOptions,
} from './model-pipeline-options.ts';
import { copyOf } from './rows.ts';
import { createSharedPool } from './shared-pool.ts';
import type { Tensors } from './stack.ts';
import { transfer } from './transfer.ts';
import { tune } from './tunable-pipeline.ts';

export type { ModelPipelineOptions, OnnxPipelineOptions } from './model-pipeline-options.ts';

type Close = () => void | Promise<void>;

/**
 * A pipeline of four stages around one model: preprocess, transfer (into shared memory, where an ONNX model's tensors are not there
 * already), infer and postprocess. Items that wait for an ONNX model go through it together.
 */
export class ModelPipeline<In, Out> implements AsyncDisposable {
  readonly pipeline: InferencePipeline<In, Out>;
  /** Where its tensors lie; `undefined` unless the model is an ONNX model. */
  readonly pool: MemoryPool<OnFailure> | undefined;
  /** What an `AdaptiveOptimizer` tunes; `undefined` unless the model is an ONNX model. */
  readonly tunable: Tunable | undefined;
  readonly #owned: readonly Close[];
  #closed: Promise<void> | undefined;

  /** @internal */
  constructor(
    pipeline: InferencePipeline<In, Out>,
    pool: MemoryPool<OnFailure> | undefined,
    tunable: Tunable | undefined,
    owned: readonly Close[],
  ) {
    this.pipeline = pipeline;
    this.pool = pool;
    this.tunable = tunable;
    this.#owned = owned;
  }

  /** As `InferencePipeline.run`. */
  run(
    source: Iterable<In> | AsyncIterable<In>,
    options?: ItemOptions,
  ): AsyncIterableIterator<Outcome<In, Out>, undefined> & AsyncDisposable {
    return this.pipeline.run(source, options);
  }

  /** As `InferencePipeline.submit`. */
  submit(item: In, options?: ItemOptions): Promise<Out> {
    return this.pipeline.submit(item, options);
  }

  /** As `InferencePipeline.drain`. */
  drain(): Promise<void> {
    return this.pipeline.drain();
  }

  /** Closes the pipeline, as `InferencePipeline.close`, then the model if it was loaded here, then the pool if it is the pipeline's own. */
  close(): Promise<void> {
    this.#closed ??= closeAll(this.#owned);
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Loads the model, if it is a file, and puts the stages around it.
 * @throws TypeError or RangeError that names the option and its bound; what `OnnxModel.load` throws.
 */
export async function createModelPipeline<In, Out = Tensors>(options: OnnxPipelineOptions<In, Out>): Promise<ModelPipeline<In, Out>>;
export async function createModelPipeline<In, Given, Made, Out = Made>(
  options: ModelPipelineOptions<In, Given, Made, Out>,
): Promise<ModelPipeline<In, Out>>;
export async function createModelPipeline<In, Given, Made, Out>(
  options: OnnxPipelineOptions<In, Out> | ModelPipelineOptions<In, Given, Made, Out>,
): Promise<ModelPipeline<In, Out>> {
  checkOptions(options);
  const owned: Close[] = [];
  try {
    return isOnnx(options) ? await aroundOnnx(options, owned) : await aroundCalls(options, owned);
  } catch (error) {
    // What went wrong first matters more.
    await closeAll(owned).catch(() => {});
    throw error;
  }
}

async function aroundOnnx<In, Out>(options: OnnxPipelineOptions<In, Out>, owned: Close[]): Promise<ModelPipeline<In, Out>> {
  const { preprocess, postprocess = copyOf as (made: Tensors) => Out, concurrency = DEFAULT_CONCURRENCY, limits } = options;
  const pool = options.pool ?? ownPool(options, owned);
  const model = options.model instanceof OnnxModel ? options.model : await load(options.model, options, pool, owned);
  const batch = options.batch !== false && takesRows(model) ? { ...DEFAULT_BATCH, ...options.batch } : undefined;
  const given = stage({ name: 'preprocess', run: preprocess as (item: In) => Tensors | PromiseLike<Tensors>, concurrency }).into({
    name: 'transfer',
    run: transfer(model, pool),
    concurrency,
  });
  const made =
    batch === undefined
      ? given.into({ name: 'infer', run: inferAlone(model) })
      : given.into({ name: 'infer', runBatch: inferTogether(model, pool), batch });
  const pipeline = open<In, Out>(options, made.into({ name: 'postprocess', run: postprocess, concurrency }), owned);
  return new ModelPipeline(pipeline, pool, tune(pipeline, 'infer', model, batch?.size, limits), owned);
}

async function aroundCalls<In, Given, Made, Out>(
  options: ModelPipelineOptions<In, Given, Made, Out>,
  owned: Close[],
): Promise<ModelPipeline<In, Out>> {
  const { model, preprocess, postprocess, concurrency = DEFAULT_CONCURRENCY, modelConcurrency = 1 } = options;
  // Checks that it is one.
  await resolveModel(model);
  const infer = inferByCall(model as RunModel<Awaited<Given>, Made>, postprocess === undefined);
  const finish = postprocess ?? ((made: Made) => made as unknown as Out);
  const stages = stage({ name: 'preprocess', run: preprocess, concurrency })
    // Of the same name as the stage of ONNX models, for whoever watches both.
    .into({ name: 'transfer', run: (given) => given })
    .into({ name: 'infer', run: infer as (given: unknown) => Promise<Made>, concurrency: modelConcurrency })
    .into({ name: 'postprocess', run: finish as (made: unknown) => Out, concurrency });
  return new ModelPipeline(open<In, Out>(options, stages, owned), undefined, undefined, owned);
}

type CommonOptions = Pick<OnnxPipelineOptions<never, unknown>, 'name' | 'maxQueued' | 'collector' | 'tracer'>;

function ownPool({ name = 'pipeline', collector }: CommonOptions, owned: Close[]): MemoryPool<OnFailure> {
  const pool = createSharedPool({ name, ...(collector === undefined ? {} : { collector }) });
  owned.push(() => pool.close());
  return pool;
}

async function load(
  path: string | URL,
  { workers, intraOpNumThreads, collector }: Omit<OnnxPipelineOptions<never, unknown>, 'preprocess'>,
  memory: MemoryPool<OnFailure>,
  owned: Close[],
): Promise<OnnxModel> {
  const resolved = await resolveModel<Tensors, Tensors>(path, {
    memory,
    ...(workers === undefined ? {} : { workers }),
    ...(intraOpNumThreads === undefined ? {} : { intraOpNumThreads }),
    ...(collector === undefined ? {} : { collector }),
  });
  owned.push(() => resolved.close());
  return resolved.onnx!;
}

function open<In, Out>(
  { name, maxQueued, collector, tracer }: CommonOptions,
  stages: Stages<In, unknown>,
  owned: Close[],
): InferencePipeline<In, Out> {
  const pipeline = new InferencePipeline({
    stages: stages as Stages<In, Out>,
    ...(name === undefined ? {} : { name }),
    ...(maxQueued === undefined ? {} : { maxQueued }),
    ...(collector === undefined ? {} : { collector }),
    ...(tracer === undefined ? {} : { tracer }),
  });
  owned.push(() => pipeline.close());
  return pipeline;
}

/** What was made last first; each, whatever the others throw. */
async function closeAll(owned: readonly Close[]): Promise<void> {
  const newest = owned.at(-1);
  if (newest === undefined) return;
  try {
    await newest();
  } finally {
    await closeAll(owned.slice(0, -1));
  }
}
