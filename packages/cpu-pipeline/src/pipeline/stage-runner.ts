import type { StageState, StageMetrics } from '../observe/pipeline-metrics.ts';
import { StageSpan } from '../observe/stage-span.ts';
import type { Disposals } from './disposals.ts';
import type { Item } from './item.ts';
import { WaitingLine } from './waiting-line.ts';

/** What stages have around them. */
export interface Surroundings {
  readonly name: string;
  readonly disposals: Disposals;
  /** There is room in front of the first stage. */
  refill(): void;
  finished(item: Item): void;
  failed(item: Item, error: unknown): void;
  /** The call is over that had a cancelled item. */
  cancelled(item: Item): void;
}

export interface RunnerOptions {
  readonly name: string;
  readonly concurrency: number;
  readonly buffer: number | undefined;
}

/** How a call ended that failed as a whole. */
export interface Failure {
  readonly error: unknown;
}

/**
 * One stage at work: takes items from the line in front of it when a call is free, and puts them into that of the next stage. Where there is
 * no room they are held back and keep their calls busy, so that a slow stage stops those before it.
 *
 * Functions that return at once take an item through all stages in one go, without a promise in between.
 */
export abstract class StageRunner implements StageState {
  readonly name: string;
  readonly line: WaitingLine = new WaitingLine();
  protected readonly metrics: StageMetrics;
  protected readonly surroundings: Surroundings;
  #previous: StageRunner | undefined;
  #next: StageRunner | undefined;
  readonly #held = new WaitingLine();
  readonly #buffer: number | undefined;
  #concurrency: number;
  #busy = 0;
  #pumping = false;

  constructor({ name, concurrency, buffer }: RunnerOptions, metrics: StageMetrics, surroundings: Surroundings) {
    this.name = name;
    this.#concurrency = concurrency;
    this.#buffer = buffer;
    this.metrics = metrics;
    this.surroundings = surroundings;
  }

  /** Comes after `previous`. */
  follow(previous: StageRunner): void {
    this.#previous = previous;
    previous.#next = this;
  }

  get waiting(): number {
    return this.line.length;
  }

  abstract get batchSize(): number | undefined;

  get concurrency(): number {
    return this.#concurrency;
  }

  set concurrency(calls: number) {
    this.#concurrency = calls;
  }

  /** Items that may wait in front of it. */
  get buffer(): number {
    return Math.max(this.#buffer ?? this.#concurrency * this.#perCall, this.#perCall);
  }

  /** Items that may be in it and in front of it. */
  get capacity(): number {
    return this.buffer + this.#concurrency * this.#perCall;
  }

  get hasRoom(): boolean {
    return this.line.length < this.buffer;
  }

  accept(item: Item): void {
    if (item.timed || this.needsQueuedAt) item.queuedAt = performance.now();
    this.line.push(item);
    this.pump();
  }

  /** Starts what can be started. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.line.length > 0 && this.#hasFreeCall && this.isDue()) this.start();
    this.#pumping = false;
  }

  /** The next stage has room. */
  resume(): void {
    while (this.#held.length > 0 && this.#next!.hasRoom) this.#next!.accept(this.#held.shift()!);
    this.pump();
  }

  /** Whether those in front of it are to start now. */
  protected abstract isDue(): boolean;

  /** Whether it has to know when an item came. */
  protected abstract readonly needsQueuedAt: boolean;

  /** Takes from the line, of which there is something, and starts a call. */
  protected abstract start(): void;

  /** An item was taken from the line: it goes to work. */
  protected taken(item: Item): void {
    item.stage = this.name;
    if (!item.timed) return;
    const now = performance.now();
    this.metrics.waited(now - item.queuedAt, now);
  }

  protected begin(items: readonly Item[]): Call {
    this.#busy++;
    const { parent } = items[0]!.scope;
    const span =
      parent &&
      StageSpan.start(
        this.surroundings.name,
        this.name,
        items.map(({ scope }) => scope.parent),
      );
    return { startedAt: items[0]!.timed ? performance.now() : undefined, span };
  }

  /** Items were taken, and their call has begun. */
  protected madeRoom(): void {
    if (this.#previous === undefined) this.surroundings.refill();
    else this.#previous.resume();
  }

  /** A call is over: its items go on by `succeed` and `fail`, then it is free for others by `freeCall`, and `resume` looks for these. */
  protected end({ startedAt, span }: Call, failure?: Failure): void {
    if (startedAt !== undefined) {
      const now = performance.now();
      this.metrics.worked(now - startedAt, now, failure);
    }
    span?.end();
  }

  protected succeed(item: Item, value: unknown): void {
    const next = this.#next;
    if (item.scope.cancelled) this.surroundings.cancelled(item);
    else {
      item.value = value;
      if (next === undefined) this.surroundings.finished(item);
      else if (this.#held.length === 0 && next.hasRoom) next.accept(item);
      else this.#held.push(item);
    }
  }

  protected fail(item: Item, error: unknown): void {
    if (item.scope.cancelled) this.surroundings.cancelled(item);
    else {
      this.metrics.failed(error);
      this.surroundings.failed(item, error);
    }
  }

  protected freeCall(): void {
    this.#busy--;
  }

  get #perCall(): number {
    return this.batchSize ?? 1;
  }

  /** Items that are held back are in the calls that they came from, as if these were not over. */
  get #hasFreeCall(): boolean {
    return this.#busy + Math.ceil(this.#held.length / this.#perCall) < this.#concurrency;
  }
}

/** A call under way. */
export interface Call {
  /** Absent where nobody wants to know. */
  readonly startedAt: number | undefined;
  readonly span: StageSpan | undefined;
}
