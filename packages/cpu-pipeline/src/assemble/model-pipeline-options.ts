import { isSharedArrayBuffer } from 'node:util/types';
import type { Tracer } from '@opentelemetry/api';
import { NO_BLOCK, type MemoryPool, type OnFailure } from '@otel-perf/memory-pool';
import type { CentralizedMetricsCollector } from '@otel-perf/metrics';
import type { GenerateModel, RunModel } from '../infer/model.ts';
import { OnnxModel } from '../infer/onnx-model.ts';
import type { OnnxSettings } from '../infer/onnx-options.ts';
import { checkInteger, checkNumber } from '../model/options.ts';
import type { ItemContext } from '../pipeline/context.ts';
import type { BatchOptions } from '../pipeline/stages.ts';
import type { TextInputs } from '../preprocess/text/text-inputs.ts';
import type { Tensors } from './stack.ts';
import type { TuningLimits } from './tunable-pipeline.ts';

interface CommonOptions {
  /** Calls of `preprocess`, and of `postprocess`, at a time. Default 4; at least 1. */
  readonly concurrency?: number;
  /** As `PipelineOptions.name`, and the tag `pool.name` of a pool of the pipeline's own. */
  readonly name?: string;
  /** As `PipelineOptions.maxQueued`. */
  readonly maxQueued?: number;
  /** Default the collector of the process. */
  readonly collector?: CentralizedMetricsCollector;
  /** As `PipelineOptions.tracer`. */
  readonly tracer?: Tracer;
}

export interface OnnxPipelineOptions<In, Out> extends CommonOptions, OnnxSettings {
  /**
   * The path of an `.onnx` file, which is loaded with `workers` and `intraOpNumThreads`; or a model that is loaded already, which stays its
   * owner's to close.
   */
  readonly model: string | URL | OnnxModel;
  /**
   * Makes of an item tensors by the names of the model's inputs, most often with one row each. What it allocates is the item's to keep:
   * `{ x: context.own(await preprocessor.image(item)) }`.
   */
  readonly preprocess: (item: In, context: ItemContext) => Tensors | TextInputs | PromiseLike<Tensors | TextInputs>;
  /**
   * Makes the result of the item's rows of the outputs, whose memory is the pool's again when the item has left: copy what is to stay.
   * Default a copy of them.
   */
  readonly postprocess?: (made: Tensors, context: ItemContext) => Out | PromiseLike<Out>;
  /**
   * Items that go through the model together, if their tensors agree in all but the number of rows. Default at most 8, whatever waits.
   * `false` is for a model that mixes rows. Models with an input or output that does not declare a first dimension of any size get items
   * one at a time anyway.
   */
  readonly batch?: Partial<BatchOptions> | false;
  /** Within which `tunable` may be changed. */
  readonly limits?: TuningLimits;
  /**
   * Over a `SharedAllocator`, such as that of `createSharedPool`, for tensors and for a model that is loaded. Whoever made it closes it.
   * Items wait for room for their tensors, of which a third of it may be taken. What `preprocess` itself allocates does not wait, but fails the
   * item: where it does, let there be room for as many as `InferencePipeline.capacity`, in blocks whose sizes are powers of two, and as much
   * again. Default one of 256 MiB of the pipeline's own.
   */
  readonly pool?: MemoryPool<OnFailure>;
}

/** What an `OnnxModel` is not: it goes by `OnnxPipelineOptions`. */
type NotOnnx = { readonly inputs?: never } | { readonly configure?: never };

export interface ModelPipelineOptions<In, Given, Made, Out> extends CommonOptions {
  /**
   * Something with `run` or `generate`. It is the caller's to close. The signal that it gets is that of the item; one that does not heed it
   * keeps the item, and its turn, until it is done, while whoever cancelled hears of that at once.
   */
  readonly model: (RunModel<Given, Made> | GenerateModel<Given, Made>) & NotOnnx;
  /** Makes of an item what the model takes. */
  readonly preprocess: (item: In, context: ItemContext) => Given | PromiseLike<Given>;
  /**
   * Makes the result of what the model gave, which is disposed of when the item has left, if it can be. Default what the model gave, then
   * for whoever gets the outcome to dispose of.
   */
  readonly postprocess?: (made: Made, context: ItemContext) => Out | PromiseLike<Out>;
  /** Calls of the model at a time. Default 1; at least 1. */
  readonly modelConcurrency?: number;
}

const MOST_MILLIS = 2 ** 31 - 1;
export const DEFAULT_BATCH: Required<BatchOptions> = { size: 8, waitMillis: 0 };
export const DEFAULT_CONCURRENCY = 4;

export function isOnnx<In, Given, Made, Out>(
  options: OnnxPipelineOptions<In, Out> | ModelPipelineOptions<In, Given, Made, Out>,
): options is OnnxPipelineOptions<In, Out> {
  const { model } = options;
  return typeof model === 'string' || model instanceof URL || model instanceof OnnxModel;
}

/** What is not checked where it is used. @throws TypeError or RangeError that names the option and its bound. */
export function checkOptions<In, Given, Made, Out>(
  options: OnnxPipelineOptions<In, Out> | ModelPipelineOptions<In, Given, Made, Out>,
): void {
  const { preprocess, postprocess, concurrency = DEFAULT_CONCURRENCY } = options;
  checkFunction('preprocess', preprocess);
  if (postprocess !== undefined) checkFunction('postprocess', postprocess);
  checkInteger('concurrency', concurrency, 1);
  if (!isOnnx(options)) {
    checkInteger('modelConcurrency', options.modelConcurrency ?? 1, 1);
    return;
  }
  const { model, batch = {}, pool, workers, intraOpNumThreads } = options;
  if (batch !== false) checkBatch(batch);
  if (pool !== undefined) checkShared(pool);
  if (model instanceof OnnxModel && (workers ?? intraOpNumThreads) !== undefined)
    throw new TypeError('workers and intraOpNumThreads must be left out for a model that is loaded: it has them');
}

function checkFunction(option: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${option} must be a function, not ${String(value)}`);
}

function checkBatch(batch: Partial<BatchOptions>): void {
  if (typeof batch !== 'object' || batch === null) throw new TypeError(`batch must be { size, waitMillis } or false, not ${String(batch)}`);
  checkInteger('batch.size', batch.size ?? DEFAULT_BATCH.size, 1);
  checkNumber('batch.waitMillis', batch.waitMillis ?? DEFAULT_BATCH.waitMillis, 0, MOST_MILLIS);
}

function checkShared(pool: MemoryPool<OnFailure>): void {
  const expected = 'pool must be a MemoryPool over a SharedAllocator';
  if (typeof pool?.malloc !== 'function') throw new TypeError(`${expected}, not ${String(pool)}`);
  const handle = pool.malloc(1);
  if (handle === NO_BLOCK) return;
  const { buffer } = pool.view(handle);
  pool.free(handle);
  if (!isSharedArrayBuffer(buffer)) throw new TypeError(`${expected}: this one's memory is not shared`);
}
