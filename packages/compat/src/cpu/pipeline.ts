import type { ImageInput, Tokenizer, Tunable } from '@otel-perf/cpu-pipeline';
import { MetricType } from '@otel-perf/metrics';
import { check_list } from './checks.ts';
import { AdvancedCPUOptimizationConfig, type CPUOptimizationOptions } from './config.ts';
import { InputMaker } from './input_maker.ts';
import { check_model, type Output, type PipelineModel, type Tensors } from './model.ts';
import { check_tokenizer, to_preprocessor_metrics, type PreprocessorMetrics } from './preprocessor.ts';
import { Recorder, seconds_since, Totals } from './recorder.ts';
import { Session, type PipelineTimings, type Request } from './session.ts';

export type { PipelineModel, PipelineTimings };

export interface InferenceOptions {
  /** Needed for texts. */
  tokenizer?: Tokenizer | null;
  /** Cancels the request, which rejects with its reason at once, or when the model is loaded. */
  signal?: AbortSignal;
  /** All else is the model's. */
  [generation: string]: unknown;
}

/** Over all requests since the start that succeeded; times in seconds. */
export interface PipelineMetrics {
  request_count: number;
  /** Requests. */
  failure_count: number;
  /** Texts or images of the requests, whichever are more. */
  item_count: number;
  total_preprocessing_time: number;
  total_transfer_time: number;
  total_inference_time: number;
  total_time: number;
  avg_preprocessing_time: number;
  avg_transfer_time: number;
  avg_inference_time: number;
  avg_total_time: number;
  /** Items a second of the time in which there were requests. */
  throughput: number;
  /** See `PreprocessorMetrics`. */
  preprocessor_metrics: PreprocessorMetrics;
}

const STOPPED = 'the pipeline is stopped: start_pipeline() starts it again';
const STAGES = ['preprocessing_time', 'transfer_time', 'inference_time'] as const satisfies (keyof PipelineTimings)[];

/** Preprocessing and a model, each at work on requests of its own at the same time. */
export class IntelOptimizedPipeline<Out = Tensors> implements AsyncDisposable {
  readonly config: AdvancedCPUOptimizationConfig;
  readonly #model: PipelineModel<Out>;
  readonly #maker: InputMaker;
  readonly #recorder = new Recorder('intel_pipeline');
  readonly #totals = {
    preprocessing_time: new Totals(),
    transfer_time: new Totals(),
    inference_time: new Totals(),
    total_time: new Totals(),
  };
  #failures = 0;
  #items = 0;
  #under_way = 0;
  #busy_since = 0;
  #busy_seconds = 0;
  #opening: Promise<Session> | undefined;
  #session: Session | undefined;
  #stopping: Promise<void> | undefined;
  #stopped = false;
  /** Calls of `stop_pipeline`. */
  #stops = 0;

  /**
   * An ONNX model gets those of `input_ids`, `attention_mask` and `pixel_values` that it has inputs for; one with a single input of another
   * name gets the images, or else the token ids. Other models get all, one request at a time, in memory of their own.
   * @throws TypeError for what is no model; TypeError or RangeError that names an option and its bounds.
   */
  constructor(model: PipelineModel<Out>, config: CPUOptimizationOptions = {}) {
    this.#model = check_model(model);
    this.config = AdvancedCPUOptimizationConfig.from(config);
    this.#maker = new InputMaker(this.config);
  }

  /**
   * Loads the model, if it is a path. The first request does so too.
   * @throws what loading throws, and then it may be tried again; Error where it is stopped meanwhile.
   */
  async start_pipeline(): Promise<void> {
    const stops = this.#stops;
    await this.#stopping?.catch(() => {});
    if (this.#stops > stops) throw new Error(STOPPED);
    this.#stopped = false;
    await this.#open();
  }

  /** Finishes requests under way, ends worker threads and gives memory back. New requests are refused until it is started again. */
  async stop_pipeline(): Promise<void> {
    this.#stopped = true;
    this.#stops++;
    const opening = this.#opening;
    this.#opening = undefined;
    this.#session = undefined;
    if (opening !== undefined) this.#stopping = this.#close(opening);
    await this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop_pipeline();
  }

  /**
   * What the model gives for one batch, as it gives it, and how long each stage took; tensors of an ONNX model in memory of their own.
   * @throws the model's own errors; PreprocessError of the first item with something wrong; Error once the pipeline is stopped.
   */
  async preprocess_and_infer(
    texts: readonly string[],
    images?: readonly ImageInput[] | null,
    { tokenizer, signal, ...generation }: InferenceOptions = {},
  ): Promise<[outputs: Output<Out>, timings: PipelineTimings]> {
    const request: Request = {
      texts: check_list('texts', texts),
      images: check_list('images', images),
      tokenizer: check_tokenizer(tokenizer) ?? undefined,
      signal,
      generation,
      timings: { preprocessing_time: 0, transfer_time: 0, inference_time: 0, total_time: 0 },
    };
    const started_at = performance.now();
    if (this.#under_way++ === 0) this.#busy_since = started_at;
    try {
      if (this.#stopped) throw new Error(STOPPED);
      const outputs = await (await this.#open()).submit(request);
      request.timings.total_time = seconds_since(started_at);
      this.#succeeded(request);
      return [outputs as Output<Out>, request.timings];
    } catch (error) {
      this.#failures++;
      this.#recorder.time('total_time', seconds_since(started_at), { error });
      this.#recorder.failed('failed_requests', error);
      throw error;
    } finally {
      if (--this.#under_way === 0) this.#busy_seconds += seconds_since(this.#busy_since);
    }
  }

  get_performance_metrics(): PipelineMetrics {
    const { preprocessing_time, transfer_time, inference_time, total_time } = this.#totals;
    const busy_seconds = this.#busy_seconds + (this.#under_way === 0 ? 0 : seconds_since(this.#busy_since));
    return {
      request_count: total_time.count,
      failure_count: this.#failures,
      item_count: this.#items,
      total_preprocessing_time: preprocessing_time.seconds,
      total_transfer_time: transfer_time.seconds,
      total_inference_time: inference_time.seconds,
      total_time: total_time.seconds,
      avg_preprocessing_time: preprocessing_time.average,
      avg_transfer_time: transfer_time.average,
      avg_inference_time: inference_time.average,
      avg_total_time: total_time.average,
      throughput: busy_seconds === 0 ? 0 : this.#items / busy_seconds,
      preprocessor_metrics: to_preprocessor_metrics(this.#maker),
    };
  }

  /** What an optimizer tunes: of an ONNX model, while the pipeline runs. */
  static tunable(pipeline: IntelOptimizedPipeline<unknown>): Tunable | undefined {
    return pipeline.#session?.tunable;
  }

  #open(): Promise<Session> {
    if (this.#opening !== undefined) return this.#opening;
    const opening = Session.open(this.#model, this.config, this.#maker);
    this.#opening = opening;
    const settled = (session: Session | undefined): void => {
      if (this.#opening !== opening) return;
      this.#session = session;
      if (session === undefined) this.#opening = undefined;
    };
    opening.then(settled, () => settled(undefined));
    return opening;
  }

  async #close(opening: Promise<Session>): Promise<void> {
    const session = await opening.catch(() => undefined);
    await session?.close();
    this.#maker.close();
  }

  #succeeded({ texts, images, timings }: Request): void {
    const items = Math.max(texts.length, images.length);
    this.#items += items;
    for (const name of [...STAGES, 'total_time'] as const) {
      this.#totals[name].add(timings[name]);
      this.#recorder.time(name, timings[name]);
    }
    this.#recorder.count('requests');
    this.#recorder.record('batch_size', MetricType.CUSTOM, items);
    if (timings.total_time > 0) this.#recorder.record('throughput', MetricType.THROUGHPUT, items / timings.total_time);
  }
}
