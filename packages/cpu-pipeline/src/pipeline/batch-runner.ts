import type { StageMetrics } from '../observe/pipeline-metrics.ts';
import { Batch } from './batch-context.ts';
import { BatchResultError } from './errors.ts';
import { Failed } from './failed.ts';
import type { Item } from './item.ts';
import { promiseOf } from './promise-like.ts';
import { StageRunner, type Call, type Surroundings } from './stage-runner.ts';
import type { ResolvedBatchStage } from './stages.ts';

/** Timers go by whole milliseconds. */
const TIMER_MILLIS = 1;

/** A stage that takes what waits in front of it together, up to a size. */
export class BatchRunner extends StageRunner {
  protected readonly needsQueuedAt: boolean;
  readonly #runBatch: ResolvedBatchStage['runBatch'];
  readonly #waitMillis: number;
  #size: number;
  /** Whatever waits is due, full or not. */
  #due = false;
  #askedToCollect = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(stage: ResolvedBatchStage, metrics: StageMetrics, surroundings: Surroundings) {
    super(stage, metrics, surroundings);
    const { batch } = stage;
    this.#runBatch = stage.runBatch;
    this.#size = batch.size;
    this.#waitMillis = batch.waitMillis;
    this.needsQueuedAt = batch.waitMillis > 0;
  }

  get batchSize(): number {
    return this.#size;
  }

  set batchSize(size: number) {
    this.#size = size;
  }

  override pump(): void {
    super.pump();
    if (this.line.length > 0 || this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Makes sure that what is not due yet will be. */
  protected isDue(): boolean {
    if (this.#due || this.line.length >= this.#size) return true;
    if (this.#waitMillis === 0) {
      this.#collect();
      return false;
    }
    const left = this.line.peek()!.queuedAt + this.#waitMillis - performance.now();
    if (left < TIMER_MILLIS) return true;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.pump();
    }, left);
    return false;
  }

  protected start(): void {
    const items: Item[] = [];
    while (items.length < this.#size && this.line.length > 0) items.push(this.line.shift()!);
    for (const item of items) this.taken(item);
    const call = this.begin(items);
    const batch = new Batch(this.name, items, this.surroundings.disposals);
    const values = items.map(({ value }) => value);
    let results: unknown;
    let promise: Promise<unknown> | undefined;
    try {
      results = call.span === undefined ? this.#runBatch(values, batch) : call.span.with(() => this.#runBatch(values, batch));
      promise = promiseOf(results);
    } catch (error) {
      this.#failed(batch, call, error);
      this.madeRoom();
      return;
    }
    if (promise === undefined) this.#settled(batch, call, results);
    else this.#await(batch, call, promise);
    this.madeRoom();
  }

  /** What comes before the code that is running now has returned goes with what waits. */
  #collect(): void {
    if (this.#askedToCollect) return;
    this.#askedToCollect = true;
    queueMicrotask(() => {
      this.#askedToCollect = false;
      this.#due = true;
      this.pump();
      this.#due = false;
    });
  }

  #await(batch: Batch, call: Call, results: Promise<unknown>): void {
    void results.then(
      (values) => {
        this.#settled(batch, call, values);
        this.resume();
      },
      (error: unknown) => {
        this.#failed(batch, call, error);
        this.resume();
      },
    );
  }

  #settled(batch: Batch, call: Call, results: unknown): void {
    const { items } = batch;
    if (!Array.isArray(results) || results.length !== items.length) {
      const gave = Array.isArray(results) ? `${results.length} results` : `${typeof results} in place of an array of results`;
      this.#failed(batch, call, new BatchResultError(`stage ${JSON.stringify(this.name)} gave ${gave} for a batch of ${items.length}`));
      return;
    }
    batch.end();
    for (const result of results) if (result instanceof Failed) call.span?.failed(result.error);
    this.end(call);
    for (const [i, result] of results.entries()) {
      if (result instanceof Failed) this.fail(items[i]!, result.error);
      else this.succeed(items[i]!, result);
    }
    this.freeCall();
  }

  #failed(batch: Batch, call: Call, error: unknown): void {
    batch.end();
    call.span?.failed(error);
    this.end(call, { error });
    for (const item of batch.items) this.fail(item, error);
    this.freeCall();
  }
}
