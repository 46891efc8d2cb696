import type { Tracer } from '@opentelemetry/api';
import type { Load } from '../adapt/tunable.ts';
import { checkInteger } from '../model/options.ts';
import { PipelineMetrics } from '../observe/pipeline-metrics.ts';
import { activeParent } from '../observe/stage-span.ts';
import { BatchRunner } from './batch-runner.ts';
import { PipelineClosedError, QueueFullError } from './errors.ts';
import { Flow } from './flow.ts';
import { resolvePipelineOptions, type PipelineOptions } from './pipeline-options.ts';
import { PipelineRun, type Outcome } from './pipeline-run.ts';
import type { StageRunner } from './stage-runner.ts';
import { Submission } from './submission.ts';

/** Of a run, or of an item that is submitted. */
export interface ItemOptions {
  /**
   * Cancels: items that wait leave at once, those in a call when it is over, and what it brings is dropped. The caller hears the signal's
   * reason at once.
   */
  readonly signal?: AbortSignal;
}

/**
 * Takes items through stages that work at the same time. In front of each stage is a bounded buffer; a stage that is slow, or a consumer,
 * holds those before it back, up to the source. An item that fails does not disturb the others.
 *
 * Close it when it is done with: until then its metrics are read.
 */
export class InferencePipeline<In, Out> implements AsyncDisposable {
  readonly #flow: Flow;
  readonly #maxQueued: number;
  readonly #tracer: Tracer | undefined;
  #draining = 0;
  #closed: Promise<void> | undefined;

  /** @throws TypeError or RangeError that names the option and its bound. */
  constructor(options: PipelineOptions<In, Out>) {
    const { name, stages, collector, timedPerSecond, maxQueued, tracer } = resolvePipelineOptions(options);
    this.#flow = new Flow(name, stages.all, new PipelineMetrics(collector, name, timedPerSecond));
    this.#maxQueued = maxQueued;
    this.#tracer = tracer;
  }

  get name(): string {
    return this.#flow.name;
  }

  /** Items that may be in the stages and in front of them: as many a run pulls ahead of its consumer, at most. */
  get capacity(): number {
    return this.#flow.capacity;
  }

  /** Items that are in it now. Cancelled ones count until the calls that have them are over. */
  get inFlight(): number {
    return this.#flow.inFlight;
  }

  /**
   * Takes all items of `source` through, and gives their outcomes in the order of the items. The source is pulled as there is room, from the
   * first `next()` on; what it throws is thrown after the outcomes of the items before. Several runs share the stages, and take turns.
   *
   * Leaving the loop cancels what is under way and lets the source clean up; `close()` throws a `PipelineClosedError` into it. A run must be
   * taken to its end, be left or be aborted: until then it keeps its place.
   * @throws TypeError for a source that is not iterable, PipelineClosedError while nothing new is taken.
   */
  run(
    source: Iterable<In> | AsyncIterable<In>,
    options: ItemOptions = {},
  ): AsyncIterableIterator<Outcome<In, Out>, undefined> & AsyncDisposable {
    this.#flow.admit();
    return new PipelineRun<In, Out>(this.#flow, source, options.signal, activeParent(this.#tracer));
  }

  /**
   * Takes one item through; stages with batches put it together with what others submit, or run, at the time. Rejects with the very error
   * that a stage threw, with the signal's reason, with a `QueueFullError` or a `PipelineClosedError`.
   */
  async submit(item: In, options: ItemOptions = {}): Promise<Out> {
    const { signal } = options;
    this.#flow.admit();
    signal?.throwIfAborted();
    if (this.#flow.queued >= this.#maxQueued)
      throw new QueueFullError(`${this.#flow.queued} items wait in pipeline ${JSON.stringify(this.name)}, which is as many as may`);
    return new Submission(this.#flow, item, signal, activeParent(this.#tracer)).promise as Promise<Out>;
  }

  /**
   * Changes how many items `stage` takes together, from the next batch on.
   * @throws RangeError for a stage that is not there or has no batches, and for a size below 1.
   */
  setBatchSize(stage: string, size: number): void {
    const runner = this.#stage(stage);
    if (!(runner instanceof BatchRunner)) throw new RangeError(`stage ${JSON.stringify(stage)} has no batches`);
    runner.batchSize = checkInteger('size', size, 1);
    this.#flow.resized();
  }

  /**
   * Changes how many calls of `stage` there are at a time; those under way are finished.
   * @throws RangeError for a stage that is not there, and for less than 1.
   */
  setConcurrency(stage: string, concurrency: number): void {
    this.#stage(stage).concurrency = checkInteger('concurrency', concurrency, 1);
    this.#flow.resized();
  }

  /**
   * What it has done since it was read before: items that were finished, failed and cancelled ones not among them. The 95th percentile is
   * exact for up to 4096 items, beyond that it is that of a uniform sample of 4096.
   */
  read(): Load {
    return this.#flow.read();
  }

  /**
   * Resolves when all runs have been taken to their ends and all submitted items are done. Nothing new is taken meanwhile; afterwards it is
   * again. What a run of an endless source needs is `close()`.
   */
  async drain(): Promise<void> {
    this.#draining++;
    this.#refuse();
    await this.#flow.idle();
    this.#draining--;
    this.#refuse();
  }

  /**
   * Cancels all that is under way: runs and callers get a `PipelineClosedError` at once. Resolves when the calls that were running are over
   * and all resources are disposed of. To finish first, `drain()` first.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#flow.refuse('is closed');
    const reason = new PipelineClosedError(`pipeline ${JSON.stringify(this.name)} was closed`);
    for (const scope of this.#flow.scopes) scope.cancel(reason);
    await this.#flow.idle();
    this.#flow.metrics.stop();
  }

  #refuse(): void {
    if (this.#closed === undefined) this.#flow.refuse(this.#draining > 0 ? 'is draining' : undefined);
  }

  #stage(name: string): StageRunner {
    const stage = this.#flow.stages.find((one) => one.name === name);
    if (stage !== undefined) return stage;
    const names = this.#flow.stages.map((one) => one.name).join(', ');
    throw new RangeError(`stage must be one of ${names}, not ${JSON.stringify(name)}`);
  }
}
