import { basename } from 'node:path';
import { LostCallError, ModelClosedError } from './errors.ts';
import { checkSettings, type OnnxSettings } from './onnx-options.ts';
import type { SessionSpec, Signature } from './protocol.ts';
import { SessionThread } from './session-thread.ts';
import { CALLS_PER_THREAD } from './thread-state.ts';

/** How often a call may lose a thread that ended in no call: threads that cannot start would follow each other for ever. */
const MOST_LOST = 1;

interface Waiter {
  readonly resolve: (thread: SessionThread) => void;
  readonly reject: (error: unknown) => void;
}

/** Worker threads with equal sessions, each of which has the call that it runs and the next one; further calls wait in line. */
export class SessionPool {
  readonly signature: Signature;
  readonly #model: string;
  #spec: SessionSpec;
  #size: number;
  #threads: SessionThread[];
  /** How many each thread has that has any. */
  readonly #calls = new Map<SessionThread, number>();
  #waiting = new Set<Waiter>();
  /** Calls that have or want a thread. */
  #open = 0;
  readonly #ending = new Set<Promise<void>>();
  #closed = false;
  /** It takes too long to be closed: no call goes to a thread any more. */
  #late = false;
  /** Settled, unless a configuration is under way. */
  #configuring: Promise<void> = Promise.resolve();
  /** Resolves when no call is open, while it is being closed. */
  #idle: PromiseWithResolvers<void> | undefined;

  /** Resolves when every session is open. @throws what onnxruntime throws */
  static async open(spec: SessionSpec, size: number): Promise<SessionPool> {
    const { threads, signatures } = await openThreads(spec, size);
    return new SessionPool(spec, threads, signatures[0]!);
  }

  private constructor(spec: SessionSpec, threads: SessionThread[], signature: Signature) {
    this.#model = basename(spec.path);
    this.#spec = spec;
    this.#size = threads.length;
    this.#threads = threads;
    this.signature = signature;
  }

  get settings(): Required<OnnxSettings> {
    return { workers: this.#size, intraOpNumThreads: this.#spec.intraOpNumThreads };
  }

  /**
   * Gives `call` a thread when one takes a call, and another one where that ends in another call; or in none, once. Calls go in the order in
   * which they come. Rejects with the reason of a signal that is aborted before it has a thread.
   */
  async use<Result>(call: (thread: SessionThread) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (this.#closed) throw new ModelClosedError(this.#model);
    this.#open++;
    try {
      let thread = await this.#acquire(signal, false);
      for (let lost = 0; ; ) {
        try {
          signal?.throwIfAborted();
          return await call(thread);
        } catch (error) {
          if (!(error instanceof LostCallError)) throw error;
          if (!error.inAnother && ++lost > MOST_LOST) throw error.cause;
        } finally {
          this.#release(thread);
        }
        thread = await this.#acquire(signal, true);
      }
    } finally {
      this.#open--;
      if (this.#open === 0) this.#idle?.resolve();
    }
  }

  /**
   * Opens what sessions it takes, then lets calls go to them, those that wait in line first. Resolves when threads that are not needed any
   * more have finished their calls and stopped. One at a time.
   * @throws what onnxruntime throws; all is as before then.
   */
  async configure(change: OnnxSettings): Promise<void> {
    const turn = this.#configuring.then(async () => this.#configure(change));
    this.#configuring = turn.catch(() => {});
    return turn;
  }

  /** Refuses new calls, waits for those that run or wait, and ends the threads. After `timeoutMillis` it refuses those that wait. */
  async close(timeoutMillis: number): Promise<void> {
    this.#closed = true;
    if (this.#open > 0) {
      this.#idle = Promise.withResolvers();
      if (!(await within(this.#idle.promise, timeoutMillis))) this.#refuseWaiting();
      await this.#idle.promise;
    }
    for (const thread of this.#threads) this.#retire(thread);
    await this.#configuring;
    await Promise.all(this.#ending);
  }

  async #configure(change: OnnxSettings): Promise<void> {
    if (this.#closed) throw new ModelClosedError(this.#model);
    const { workers: size, intraOpNumThreads } = checkSettings(change, this.settings);
    const spec = { ...this.#spec, intraOpNumThreads };
    const same = intraOpNumThreads === this.#spec.intraOpNumThreads;
    const { threads } = await openThreads(spec, same ? size - this.#size : size);
    if (this.#closed) {
      for (const thread of threads) this.#retire(thread);
      throw new ModelClosedError(this.#model);
    }
    const kept = same ? this.#threads.slice(0, size) : [];
    const old = this.#threads.filter((thread) => !kept.includes(thread));
    this.#threads = [...kept, ...threads];
    this.#spec = spec;
    this.#size = size;
    for (const thread of old) if (!this.#calls.has(thread)) this.#retire(thread);
    this.#serve();
    await Promise.all(old.map(async (thread) => thread.stopped));
  }

  /** A thread that takes a call. One that had a thread before goes to the head of the line. */
  async #acquire(signal: AbortSignal | undefined, again: boolean): Promise<SessionThread> {
    signal?.throwIfAborted();
    if (this.#late) throw new ModelClosedError(this.#model);
    const thread = this.#free();
    if (thread !== undefined) return this.#take(thread);
    const { promise, resolve, reject } = Promise.withResolvers<SessionThread>();
    const waiter = { resolve, reject };
    const abort = (): void => {
      this.#waiting.delete(waiter);
      reject(signal!.reason);
    };
    if (again) this.#waiting = new Set([waiter, ...this.#waiting]);
    else this.#waiting.add(waiter);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  #release(thread: SessionThread): void {
    const left = this.#calls.get(thread)! - 1;
    if (left > 0) this.#calls.set(thread, left);
    else {
      this.#calls.delete(thread);
      // One that has died, or that another configuration has no use for.
      if (thread.ended || !this.#threads.includes(thread)) this.#retire(thread);
    }
    this.#serve();
  }

  #refuseWaiting(): void {
    this.#late = true;
    for (const { reject } of this.#waiting) reject(new ModelClosedError(this.#model));
    this.#waiting.clear();
  }

  #retire(thread: SessionThread): void {
    const ending = thread.end().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  /** Gives threads that take a call to those who wait. */
  #serve(): void {
    for (const waiter of this.#waiting) {
      const thread = this.#free();
      if (thread === undefined) return;
      this.#waiting.delete(waiter);
      waiter.resolve(this.#take(thread));
    }
  }

  #free(): SessionThread | undefined {
    if (this.#threads.some((thread) => thread.ended)) this.#threads = this.#threads.filter((thread) => !thread.ended);
    let idlest: SessionThread | undefined;
    let fewest = CALLS_PER_THREAD;
    for (const thread of this.#threads) {
      const calls = this.#calls.get(thread) ?? 0;
      if (calls >= fewest) continue;
      idlest = thread;
      fewest = calls;
    }
    if (fewest === 0 || this.#threads.length >= this.#size) return idlest;
    // In place of one that has died: it opens its session with its first call.
    const thread = new SessionThread(this.#spec);
    this.#threads.push(thread);
    return thread;
  }

  #take(thread: SessionThread): SessionThread {
    this.#calls.set(thread, (this.#calls.get(thread) ?? 0) + 1);
    return thread;
  }
}

interface OpenThreads {
  readonly threads: SessionThread[];
  readonly signatures: readonly Signature[];
}

/** All of them, or none. */
async function openThreads(spec: SessionSpec, count: number): Promise<OpenThreads> {
  const threads = Array.from({ length: Math.max(0, count) }, () => new SessionThread(spec));
  const outcomes = await Promise.allSettled(threads.map(async (thread) => thread.describe()));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(threads.map(async (thread) => thread.end()));
    throw failed.reason;
  }
  return { threads, signatures: outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value) };
}

/** Whether `work` is done before the time is up. */
async function within(work: Promise<void>, millis: number): Promise<boolean> {
  const done = work.then(() => true);
  if (millis === Infinity) return done;
  let timer: NodeJS.Timeout;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, millis, false)));
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer!);
  }
}
