import { basename } from 'node:path';
import type { Tensor } from '../model/tensor.ts';
import { untilAborted } from './aborted.ts';
import { checkFeeds, checkOutputs, type CheckedFeed } from './feeds.ts';
import {
  checkPath,
  checkSettings,
  checkTimeout,
  sessionOptions,
  type CloseOptions,
  type OnnxOptions,
  type OnnxSettings,
} from './onnx-options.ts';
import type { OnnxResult } from './onnx-result.ts';
import { OutputSizes } from './output-sizes.ts';
import { Parcel } from './parcel.ts';
import type { ValueInfo } from './protocol.ts';
import { SessionPool } from './session-pool.ts';
import type { SessionThread } from './session-thread.ts';
import { TensorMemory } from './tensor-memory.ts';

export interface OnnxRunOptions {
  /** Names of the outputs that are wanted. Default all. */
  readonly outputs?: readonly string[];
  /**
   * Aborted before the call has its turn, it never starts. While it runs, the call rejects at once with the signal's reason; the worker
   * thread finishes it in the background, since onnxruntime cannot be interrupted, and its memory is freed then.
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * An ONNX model whose sessions (of `onnxruntime-node`, to be installed besides) run in worker threads, since `run()` of a session blocks the
 * event loop of its thread. Tensors travel in shared memory. Threads without a call do not keep the process alive; when it ends while calls
 * run, by `process.exit()` or an uncaught error, it waits for those for 10 seconds at most, since onnxruntime would abort it.
 *
 * The telemetry that onnxruntime sends to its maker is switched off, by the variable ORT_DISABLE_TELEMETRY, unless that is set; set it where
 * models are loaded in a worker thread, which cannot.
 *
 * Inputs that lie in a SharedArrayBuffer are not copied, others once. Outputs are copied once into shared memory, for which the thread that
 * calls makes room: as much as they took for inputs of the same dimensions before. Where that is not known, they come as memory of their own
 * first and are copied by the calling thread.
 */
export class OnnxModel implements AsyncDisposable {
  /** The name of the file. */
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly #memory: TensorMemory;
  readonly #sessions: SessionPool;
  readonly #sizes = new OutputSizes();
  #closing: Promise<void> | undefined;

  /**
   * Resolves when every session is open.
   * @throws TypeError or RangeError that names the option and its bound; what onnxruntime throws for a file that is no model; an error that
   * says what to install where `onnxruntime-node` is missing.
   */
  static async load(path: string | URL, options: OnnxOptions = {}): Promise<OnnxModel> {
    const file = checkPath(path);
    const settings = checkSettings(options);
    const spec = { path: file, intraOpNumThreads: settings.intraOpNumThreads, options: sessionOptions(options) };
    const memory = new TensorMemory(basename(file), options);
    try {
      return new OnnxModel(basename(file), memory, await SessionPool.open(spec, settings.workers));
    } catch (error) {
      memory.close();
      throw error;
    }
  }

  private constructor(name: string, memory: TensorMemory, sessions: SessionPool) {
    this.name = name;
    this.inputs = sessions.signature.inputs;
    this.outputs = sessions.signature.outputs;
    this.#memory = memory;
    this.#sessions = sessions;
  }

  /** As they are now. */
  get settings(): Required<OnnxSettings> {
    return this.#sessions.settings;
  }

  /**
   * The outputs for a tensor for each input. Inputs must stay as and where they are until the call has settled; memory of an aborted call
   * may be used anew at once. Calls run in the order in which they come, as many at a time as there are workers, each of which has its next call
   * already. Where a worker ends in one call, its other one goes to another worker.
   *
   * Truth values are bytes, half floats their bits in a `uint16` tensor.
   * @throws TypeError or RangeError that names the input or output, what is expected and what was given; OutOfMemoryError where there is no
   * room for this call; WorkerExitError where its worker thread ended; ModelClosedError; and whatever onnxruntime throws.
   */
  async run(feeds: Readonly<Record<string, Tensor>>, { outputs, signal }: OnnxRunOptions = {}): Promise<OnnxResult> {
    signal?.throwIfAborted();
    const checked = checkFeeds(this.name, this.#sessions.signature, feeds);
    const wanted = checkOutputs(this.name, this.#sessions.signature, outputs);
    const call = this.#sessions.use(async (thread) => this.#runOn(thread, checked, wanted, signal), signal);
    return untilAborted(call, signal, (late) => late.dispose());
  }

  /**
   * Changes what is given. Calls under way finish on the old sessions, all others go to the new ones. Resolves when that is so and threads
   * that are not needed any more have stopped. Configurations follow each other.
   * @throws RangeError or TypeError that names the option; what onnxruntime throws: the model is as before then.
   */
  async configure(settings: OnnxSettings): Promise<void> {
    checkSettings(settings);
    await this.#sessions.configure(settings);
  }

  /**
   * Refuses new calls, waits for those that run or wait, ends the threads and lets go of the model's own memory. Results that are not
   * disposed of stay readable. @throws RangeError or TypeError for the option.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    const timeoutMillis = checkTimeout(options);
    this.#closing ??= this.#sessions.close(timeoutMillis).finally(() => this.#memory.close());
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #runOn(
    thread: SessionThread,
    feeds: readonly CheckedFeed[],
    outputs: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<OnnxResult> {
    const parcel = new Parcel(this.#memory, this.#sizes, feeds, outputs);
    try {
      return parcel.open(await thread.run(parcel.task, signal));
    } finally {
      parcel.free();
    }
  }
}
