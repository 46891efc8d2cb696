import type { Parent } from '../observe/stage-span.ts';
import type { Flow, Source } from './flow.ts';
import type { Item } from './item.ts';
import { RingQueue } from './ring-queue.ts';
import { Scope } from './scope.ts';
import { SourceFailure, SourceIterator, type Pulled } from './source-iterator.ts';

/** What became of an item of a run. */
export type Outcome<In, Out> =
  | { readonly index: number; readonly item: In; readonly ok: true; readonly value: Out }
  | {
      readonly index: number;
      readonly item: In;
      readonly ok: false;
      /** The very one that was thrown, or given to `failed`. */
      readonly error: unknown;
      /** Where it failed. */
      readonly stage: string;
    };

type Result<In, Out> = IteratorResult<Outcome<In, Out>, undefined>;

interface Consumer<In, Out> {
  readonly resolve: (result: Result<In, Out>) => void;
  readonly reject: (error: unknown) => void;
}

/** How long outcomes may follow each other before the event loop gets a turn, so that timers and signals of other code are heard. */
const TURN_MILLIS = 10;

const DONE = { done: true, value: undefined } as const;

/**
 * The items of one source, and their outcomes in order. It keeps all that have been pulled and not been taken by the consumer; these are
 * never more than fit into the stages, so that a consumer who is slow stops the source.
 */
export class PipelineRun<In, Out> extends Scope implements AsyncIterableIterator<Outcome<In, Out>, undefined>, Source {
  readonly #flow: Flow;
  readonly #signal: AbortSignal | undefined;
  readonly #source: SourceIterator<In>;
  readonly #items = new RingQueue<Item>();
  readonly #consumers = new RingQueue<Consumer<In, Out>>();
  #state: 'new' | 'open' | 'ended' = 'new';
  /** To be thrown once, after the items that came before it. */
  #failure: { readonly error: unknown } | undefined;
  #pulling = false;
  #exhausted = false;
  #startedAt = 0;
  #turnDueAt = 0;
  #pulled = 0;
  #taken = 0;

  /** Nothing is done before the first `next`. @throws TypeError for a source that is not iterable. */
  constructor(flow: Flow, source: Iterable<In> | AsyncIterable<In>, signal: AbortSignal | undefined, parent: Parent | undefined) {
    super(parent);
    this.#flow = flow;
    this.#signal = signal;
    this.#source = new SourceIterator(source);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result<In, Out>> {
    if (this.#state === 'new') this.#start();
    const item = this.#items.peek();
    if (item?.left && this.#consumers.length === 0) {
      const outcome = this.#take(item);
      this.#flow.refill();
      return item.enteredAt < this.#turnDueAt ? Promise.resolve(outcome) : this.#afterTurn(outcome);
    }
    return new Promise((resolve, reject) => {
      this.#consumers.push({ resolve, reject });
      this.#answer();
    });
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    if (this.#state === 'new') this.#state = 'ended';
    this.#failure = undefined;
    if (this.#state === 'open') {
      // A source that is busy with its next item cleans up when it has it, which may be never.
      const mayWait = !this.#pulling;
      const returned = this.#leave(new DOMException('the run was left before its end', 'AbortError'));
      if (mayWait) await returned;
      else returned.catch(() => {});
    }
    return DONE;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  pull(): boolean {
    if (this.#pulling || this.#exhausted || this.#state !== 'open' || this.#items.length >= this.#flow.capacity) return false;
    this.#pulling = true;
    const pulled = this.#source.next();
    if (!(pulled instanceof Promise)) return this.#got(pulled);
    void pulled.then((result) => {
      this.#got(result);
      this.#flow.refill();
    });
    return false;
  }

  settled(): void {
    if (this.#consumers.length > 0) this.#answer();
  }

  cancel(reason: unknown): void {
    if (this.#state !== 'open') return;
    this.#failure = { error: reason };
    // The reason matters more than how the source took it.
    this.#leave(reason).catch(() => {});
  }

  readonly #onAbort = (): void => this.cancel(this.#signal!.reason);

  #start(): void {
    this.#state = 'ended';
    try {
      this.#flow.admit();
      this.#signal?.throwIfAborted();
    } catch (error) {
      this.#failure = { error };
      return;
    }
    this.#state = 'open';
    this.#startedAt = performance.now();
    this.#turnDueAt = this.#startedAt + TURN_MILLIS;
    this.#signal?.addEventListener('abort', this.#onAbort);
    this.#flow.scopes.add(this);
    this.#flow.add(this);
    this.#flow.refill();
  }

  /** Items tell the time well enough: none needs a look at the clock for this. */
  #afterTurn(outcome: Result<In, Out>): Promise<Result<In, Out>> {
    return new Promise((resolve) =>
      setImmediate(() => {
        this.#turnDueAt = performance.now() + TURN_MILLIS;
        resolve(outcome);
      }),
    );
  }

  /** The source has answered; `true` where it brought an item. */
  #got(result: Pulled<In>): boolean {
    this.#pulling = false;
    if (this.#state !== 'open') return false;
    if (!(result instanceof SourceFailure) && !result.done) {
      this.#flow.enter(this, this.#pulled++, result.value, (item) => this.#items.push(item));
      return true;
    }
    this.#exhausted = true;
    if (result instanceof SourceFailure) this.#failure = { error: result.error };
    this.#endIfDone();
    this.#answer();
    return false;
  }

  /** Gives those who wait what is there for them. */
  #answer(): void {
    const before = this.#taken;
    for (let item = this.#items.peek(); this.#consumers.length > 0; item = this.#items.peek()) {
      if (item === undefined ? this.#state !== 'ended' : !item.left) break;
      const { resolve, reject } = this.#consumers.shift()!;
      if (item !== undefined) resolve(this.#take(item));
      else if (this.#failure === undefined) resolve(DONE);
      else {
        reject(this.#failure.error);
        this.#failure = undefined;
      }
    }
    if (this.#taken > before) this.#flow.refill();
  }

  /** The outcome at the head goes to the consumer, and with it what is delivered. */
  #take(item: Item): Result<In, Out> {
    this.#items.shift();
    this.#taken++;
    item.taken();
    this.#endIfDone();
    const { index, failure } = item;
    const input = item.input as In;
    return {
      done: false,
      value:
        failure === undefined
          ? { index, item: input, ok: true, value: item.value as Out }
          : { index, item: input, ok: false, error: failure.error, stage: failure.stage },
    };
  }

  #endIfDone(): void {
    if (!this.#exhausted || this.#items.length > 0 || this.#state !== 'open') return;
    this.#flow.metrics.ran(this.#taken, performance.now() - this.#startedAt);
    this.#end();
  }

  /** Cancels what is under way. Resolves once the source has cleaned up, or rejects with what it threw. */
  #leave(reason: unknown): Promise<void> {
    this.markCancelled(reason);
    const items = this.#items.drain();
    this.#end();
    for (const item of items) {
      if (item.left) item.drop();
      else if (item.line !== undefined) this.#flow.cancelled(item);
    }
    const returned = this.#exhausted ? Promise.resolve() : this.#source.return();
    this.abort();
    this.#answer();
    this.#flow.pump();
    return returned;
  }

  #end(): void {
    this.#state = 'ended';
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#flow.scopes.delete(this);
    this.#flow.remove(this);
  }
}
