import type { StageMetrics } from '../observe/pipeline-metrics.ts';
import { promiseOf } from './promise-like.ts';
import type { Item } from './item.ts';
import { StageRunner, type Call, type Surroundings } from './stage-runner.ts';
import type { ResolvedStage } from './stages.ts';

/** A stage that takes one item at a time. */
export class SingleRunner extends StageRunner {
  protected readonly needsQueuedAt = false;
  readonly #run: ResolvedStage['run'];

  constructor(stage: ResolvedStage, metrics: StageMetrics, surroundings: Surroundings) {
    super(stage, metrics, surroundings);
    this.#run = stage.run;
  }

  get batchSize(): undefined {
    return undefined;
  }

  protected isDue(): boolean {
    return true;
  }

  protected start(): void {
    const item = this.line.shift()!;
    this.taken(item);
    const call = this.begin([item]);
    let result: unknown;
    let promise: Promise<unknown> | undefined;
    try {
      result = call.span === undefined ? this.#run(item.value, item) : call.span.with(() => this.#run(item.value, item));
      promise = promiseOf(result);
    } catch (error) {
      this.#failed(item, call, error);
      this.madeRoom();
      return;
    }
    if (promise === undefined) this.#succeeded(item, call, result);
    else this.#await(item, call, promise);
    this.madeRoom();
  }

  #await(item: Item, call: Call, result: Promise<unknown>): void {
    void result.then(
      (value) => {
        this.#succeeded(item, call, value);
        this.resume();
      },
      (error: unknown) => {
        this.#failed(item, call, error);
        this.resume();
      },
    );
  }

  #succeeded(item: Item, call: Call, value: unknown): void {
    this.end(call);
    this.succeed(item, value);
    this.freeCall();
  }

  #failed(item: Item, call: Call, error: unknown): void {
    call.span?.failed(error);
    this.end(call, { error });
    this.fail(item, error);
    this.freeCall();
  }
}
