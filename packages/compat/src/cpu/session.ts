import { availableParallelism } from 'node:os';
import { InferencePipeline, OnnxModel, stage, tune, type ItemContext, type Settings, type Tunable } from '@otel-perf/cpu-pipeline';
import type { AdvancedCPUOptimizationConfig } from './config.ts';
import type { Batch, InputMaker } from './input_maker.ts';
import type { BatchInputs, PooledInputs } from './inputs.ts';
import { call_of, feeds_for, load, own_memory, run_in_slices, type Generation, type PipelineModel, type Tensors } from './model.ts';
import { seconds_since } from './recorder.ts';

/** Seconds; 0 for a stage that was not reached. Waiting between stages is in the total alone. */
export interface PipelineTimings {
  /** Making the texts and images into tensors. */
  preprocessing_time: number;
  /** Handing them to where the model takes them from; for an ONNX model, which shares memory, next to nothing. */
  transfer_time: number;
  /** The model's; for an ONNX model with the wait for a worker thread. */
  inference_time: number;
  /** From call to answer. */
  total_time: number;
}

export interface Request extends Batch {
  readonly generation: Generation;
  readonly timings: PipelineTimings;
}

type Step<Value> = readonly [request: Request, value: Value];

const NAME = 'intel_pipeline';
const LARGEST_BATCH = 32;

/** A pipeline that runs: the stages around a model, and the model if it was loaded for them. */
export class Session {
  readonly #pipeline: InferencePipeline<Request, unknown>;
  readonly #loaded: OnnxModel | undefined;
  readonly #tunable: TunableRows | undefined;

  /** @throws what loading the model throws. */
  static async open(model: PipelineModel<unknown>, config: AdvancedCPUOptimizationConfig, maker: InputMaker): Promise<Session> {
    const most = Math.min(availableParallelism(), config.max_concurrent_threads);
    const loaded = typeof model === 'string' || model instanceof URL ? await load(model, Math.min(most, config.pipeline_depth)) : undefined;
    return new Session(model, loaded, config, maker, most);
  }

  private constructor(
    model: PipelineModel<unknown>,
    loaded: OnnxModel | undefined,
    config: AdvancedCPUOptimizationConfig,
    maker: InputMaker,
    most: number,
  ) {
    const onnx = model instanceof OnnxModel ? model : loaded;
    const infer =
      onnx === undefined ? infer_by(model as Parameters<typeof call_of>[0]) : infer_by_onnx(onnx, () => this.#tunable!.settings.batchSize);
    const buffer = config.pipeline_buffer_size;
    this.#loaded = loaded;
    this.#pipeline = new InferencePipeline({
      name: NAME,
      stages: stage({
        name: 'preprocess',
        run: preprocess_by(maker),
        concurrency: Math.min(config.pipeline_depth, config.num_preprocess_workers, config.max_concurrent_threads),
        buffer,
      })
        .into({ name: 'transfer', run: onnx === undefined ? copy : select_for(onnx), concurrency: config.pipeline_depth, buffer })
        .into({ name: 'infer', run: infer, buffer }),
    });
    if (onnx === undefined) return;
    const limits = { workers: [1, Math.max(most, onnx.settings.workers)], threads: [1, most] } as const;
    const tunable = tune(this.#pipeline as InferencePipeline<never, unknown>, 'infer', onnx, undefined, limits);
    this.#tunable = new TunableRows(tunable, config.preprocess_batch_size);
  }

  /** `undefined` unless the model is an ONNX model. */
  get tunable(): Tunable | undefined {
    return this.#tunable;
  }

  submit(request: Request): Promise<unknown> {
    return this.#pipeline.submit(request, request.signal && { signal: request.signal });
  }

  /** Once all that is under way is finished. */
  async close(): Promise<void> {
    await this.#pipeline.drain();
    await this.#pipeline.close();
    await this.#loaded?.close();
  }
}

/** What the optimizer may change, and besides how many rows the model gets at a time. */
class TunableRows implements Tunable {
  readonly limits: Tunable['limits'];
  readonly #tunable: Tunable;
  #rows: number;

  constructor(tunable: Tunable, rows: number) {
    this.#tunable = tunable;
    this.#rows = rows;
    this.limits = { ...tunable.limits, batchSize: [1, Math.max(LARGEST_BATCH, rows)] };
  }

  get settings(): Settings {
    return { ...this.#tunable.settings, batchSize: this.#rows };
  }

  async apply(settings: Settings): Promise<void> {
    await this.#tunable.apply({ ...settings, batchSize: 1 });
    this.#rows = settings.batchSize;
  }

  read(): ReturnType<Tunable['read']> {
    return this.#tunable.read();
  }
}

function preprocess_by(maker: InputMaker) {
  return async (request: Request, context: ItemContext): Promise<Step<PooledInputs>> =>
    timed(request, 'preprocessing_time', async () => context.own(await maker.make({ ...request, signal: context.signal })));
}

/** The model may keep what it gets. */
async function copy([request, inputs]: Step<PooledInputs>, context: ItemContext): Promise<Step<BatchInputs>> {
  return timed(request, 'transfer_time', async () => {
    const copied = inputs.copy();
    if (context.release(inputs)) inputs[Symbol.dispose]();
    return copied;
  });
}

function select_for(onnx: OnnxModel) {
  return async ([request, inputs]: Step<PooledInputs>): Promise<Step<Tensors>> =>
    timed(request, 'transfer_time', async () => feeds_for(onnx, inputs.tensors));
}

function infer_by(model: Parameters<typeof call_of>[0]) {
  const call = call_of(model);
  return async ([request, inputs]: Step<BatchInputs | Tensors>, { signal }: ItemContext): Promise<unknown> => {
    const [, made] = await timed(request, 'inference_time', () => call(inputs as BatchInputs, request.generation, signal));
    return own_memory(made);
  };
}

function infer_by_onnx(onnx: OnnxModel, rows: () => number) {
  return async ([request, feeds]: Step<BatchInputs | Tensors>, { signal }: ItemContext): Promise<unknown> => {
    const options = Object.keys(request.generation).join(', ');
    if (options !== '') throw new TypeError(`an ONNX model has no generation options, such as ${options}`);
    const [, made] = await timed(request, 'inference_time', () => run_in_slices(onnx, feeds as Tensors, rows(), signal));
    return made;
  };
}

async function timed<Value>(request: Request, which: keyof PipelineTimings, work: () => Promise<Value>): Promise<Step<Value>> {
  const started_at = performance.now();
  try {
    return [request, await work()];
  } finally {
    request.timings[which] = seconds_since(started_at);
  }
}
