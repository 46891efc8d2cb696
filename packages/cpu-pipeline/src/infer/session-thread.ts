import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diag } from '@opentelemetry/api';
import { Piscina } from 'piscina';
import { LostCallError, WorkerExitError } from './errors.ts';
import type { Output, PlacedTask, RunTask, SessionSpec, Signature, WorkerStart } from './protocol.ts';
import { CALLS_PER_THREAD, placeAfter, ThreadState } from './thread-state.ts';

/** From sources and from what is built alike. */
const WORKER = fileURLToPath(new URL(`./session-worker${extname(import.meta.url)}`, import.meta.url));

/** A worker thread with a session of its own, which it opens with the first call. Runs one after the other. */
export class SessionThread {
  readonly #model: string;
  readonly #piscina: Piscina;
  readonly #exited: Promise<void>;
  readonly #state = new ThreadState();
  /** Of the newest call of `run`. */
  #place = 0;
  #why: string | undefined;
  #cause: unknown;
  #ending: Promise<void> | undefined;

  constructor(spec: SessionSpec) {
    this.#model = basename(spec.path);
    leaveTelemetryOff();
    this.#piscina = new Piscina({
      filename: WORKER,
      minThreads: 1,
      maxThreads: 1,
      idleTimeout: Infinity,
      recordTiming: false,
      concurrentTasksPerWorker: CALLS_PER_THREAD,
      // What is preloaded into the process, such as its telemetry, has no place here.
      execArgv: [],
      workerData: { spec, state: this.#state.words } satisfies WorkerStart,
    });
    // Now that the thread is there, piscina is not to start another in its place: whoever has this one makes a new one when there is work.
    this.#piscina.options.minThreads = 0;
    const worker = this.#piscina.threads[0]!;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.once('error', (error) => {
      this.#why ??= `it threw ${String(error)}`;
      this.#cause = error;
    });
    worker.once('exit', (code) => {
      this.#why ??= `exit code ${code}`;
      this.#state.forget();
    });
    // What a thread without work throws: a call would be told.
    this.#piscina.on('error', (error) => diag.warn(`otel-perf: an idle worker thread of model ${this.#model} threw ${String(error)}`));
  }

  /** Whether it has ended, or is about to. */
  get ended(): boolean {
    return this.#why !== undefined;
  }

  /** Resolves when it has stopped for good. */
  get stopped(): Promise<void> {
    return this.#exited;
  }

  async describe(): Promise<Signature> {
    return this.#call('describe', undefined);
  }

  /**
   * Where `signal` is aborted before the thread comes to the call, it rejects when it would have had its turn.
   * @throws WorkerExitError once the thread has stopped for good, if it ended in this call; LostCallError if it ended in another one, or in
   * none; and whatever onnxruntime throws.
   */
  async run(task: RunTask, signal?: AbortSignal): Promise<readonly Output[]> {
    const place = placeAfter(this.#place);
    this.#place = place;
    const cancel = (): void => this.#state.cancel(place);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await this.#call('run', { ...task, place });
    } catch (error) {
      const { running } = this.#state;
      throw error instanceof WorkerExitError && running !== place ? new LostCallError(error, running !== undefined) : error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Ends a thread that has no call. Resolves when it has stopped. */
  async end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    // Whatever goes wrong with it, the thread is ended next.
    if (!this.ended) await this.#call('release', undefined).catch(() => {});
    this.#why ??= 'it is not needed any more';
    await this.#piscina.destroy();
    await this.#exited;
  }

  async #call<Reply>(name: string, task: PlacedTask | undefined): Promise<Reply> {
    if (this.#why !== undefined) throw this.#exitError();
    this.#state.add();
    try {
      return (await this.#piscina.run(task, { name })) as Reply;
    } catch (error) {
      if (this.#why === undefined) throw error;
      // Until then it may still write into the memory of the call.
      await this.#exited;
      this.#cause ??= error;
      throw this.#exitError();
    }
  }

  #exitError(): WorkerExitError {
    return new WorkerExitError(this.#model, this.#why!, this.#cause === undefined ? {} : { cause: this.#cause });
  }
}

/**
 * onnxruntime from 1.29 on tells its maker about the process, by the network, and keeps an id of the machine in the home directory, unless
 * this variable is set when it is loaded. Whoever wants that sets it to nothing. In a worker thread the variables are copies, which native
 * code does not see.
 */
function leaveTelemetryOff(): void {
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
}
