import type { Load } from '../adapt/tunable.ts';
import { LoadMeter } from '../observe/load-meter.ts';
import type { PipelineMetrics } from '../observe/pipeline-metrics.ts';
import { BatchRunner } from './batch-runner.ts';
import { Disposals } from './disposals.ts';
import { PipelineClosedError } from './errors.ts';
import { Item } from './item.ts';
import type { Scope } from './scope.ts';
import { SingleRunner } from './single-runner.ts';
import type { StageRunner, Surroundings } from './stage-runner.ts';
import type { ResolvedBatchStage, ResolvedStage } from './stages.ts';

/** Something that brings items when there is room. */
export interface Source {
  /** Brings one at once, if it can; `true` if it did. */
  pull(): boolean;
}

/** The stages in their places, and what is in them. */
export class Flow implements Surroundings {
  readonly name: string;
  readonly disposals: Disposals;
  readonly metrics: PipelineMetrics;
  readonly stages: readonly StageRunner[];
  /** Runs and submissions that have not ended. */
  readonly scopes: Set<Scope> = new Set();
  readonly #first: StageRunner;
  readonly #load = new LoadMeter();
  readonly #counts = { finished: 0, failed: 0, cancelled: 0 };
  #sources: readonly Source[] = [];
  #nextSource = 0;
  #refilling = false;
  #inFlight = 0;
  #waitForIdle: (() => void)[] = [];
  #capacity = 0;
  #refusal: string | undefined;

  constructor(name: string, stages: readonly (ResolvedStage | ResolvedBatchStage)[], metrics: PipelineMetrics) {
    this.name = name;
    this.disposals = new Disposals(name, () => this.#checkIdle());
    this.metrics = metrics;
    this.stages = stages.map((stage) =>
      stage.runBatch === undefined
        ? new SingleRunner(stage, metrics.ofStage(stage.name), this)
        : new BatchRunner(stage, metrics.ofStage(stage.name), this),
    );
    for (const [i, stage] of this.stages.entries()) if (i > 0) stage.follow(this.stages[i - 1]!);
    this.#first = this.stages[0]!;
    this.resized();
    metrics.observe(this.#counts, this.stages);
  }

  /** Items that may be in all stages and in front of them. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Items that have come in and not left: those in calls count until these are over. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Items in front of the first stage. */
  get queued(): number {
    return this.#first.waiting;
  }

  read(): Load {
    return this.#load.read(this.stages.reduce((sum, { waiting }) => sum + waiting, 0));
  }

  /** From now on `admit` throws, saying that the pipeline `refusal`; it takes anything again without one. */
  refuse(refusal: string | undefined): void {
    this.#refusal = refusal;
  }

  /** @throws PipelineClosedError where nothing new is taken. */
  admit(): void {
    if (this.#refusal !== undefined) throw new PipelineClosedError(`pipeline ${JSON.stringify(this.name)} ${this.#refusal}`);
  }

  /** Puts an item in front of the first stage; `added` hears of it before anything is done with it. */
  enter(scope: Scope, index: number, input: unknown, added: (item: Item) => void): void {
    const now = performance.now();
    const item = new Item(scope, index, input, now, this.metrics.times(now), this.disposals);
    this.#inFlight++;
    added(item);
    this.#first.accept(item);
  }

  add(source: Source): void {
    this.#sources = [...this.#sources, source];
  }

  remove(source: Source): void {
    this.#sources = this.#sources.filter((other) => other !== source);
    this.#checkIdle();
  }

  /** Lets each source in turn bring one, as long as there is room. */
  refill(): void {
    if (this.#refilling) return;
    this.#refilling = true;
    let idle = 0;
    while (this.#first.hasRoom && idle < this.#sources.length) {
      this.#nextSource = (this.#nextSource + 1) % this.#sources.length;
      idle = this.#sources[this.#nextSource]!.pull() ? 0 : idle + 1;
    }
    this.#refilling = false;
  }

  /** Settings of a stage have changed. */
  resized(): void {
    this.#capacity = this.stages.reduce((sum, { capacity }) => sum + capacity, 0);
    this.pump();
  }

  /** Starts whatever can be started, after items have gone. */
  pump(): void {
    for (const stage of this.stages.toReversed()) stage.resume();
    this.refill();
  }

  finished(item: Item): void {
    const now = performance.now();
    const millis = now - item.enteredAt;
    this.#load.add(millis);
    if (item.timed) this.metrics.left(millis, now);
    this.#counts.finished++;
    item.finish();
    this.#leave(item);
  }

  failed(item: Item, error: unknown): void {
    const failure = { error, stage: item.stage };
    if (item.timed) {
      const now = performance.now();
      this.metrics.left(now - item.enteredAt, now, failure);
    }
    this.#counts.failed++;
    item.failure = failure;
    item.drop();
    this.#leave(item);
  }

  /** Of an item that waits, or whose call is over: after that nobody has it. */
  cancelled(item: Item): void {
    item.line?.remove(item);
    this.#counts.cancelled++;
    item.drop();
    this.#inFlight--;
    this.#checkIdle();
  }

  /** Resolves when there are no items, no runs and nothing is being disposed of. */
  async idle(): Promise<void> {
    while (!this.#isIdle) await new Promise<void>((resolve) => this.#waitForIdle.push(resolve));
  }

  #leave(item: Item): void {
    this.#inFlight--;
    item.scope.settled(item);
    this.#checkIdle();
  }

  get #isIdle(): boolean {
    return this.#inFlight === 0 && this.scopes.size === 0 && this.disposals.pending === 0;
  }

  #checkIdle(): void {
    if (this.#waitForIdle.length === 0 || !this.#isIdle) return;
    const waiting = this.#waitForIdle;
    this.#waitForIdle = [];
    for (const resolve of waiting) resolve();
  }
}
