import { diag, type BatchObservableCallback, type Observable, type ObservableCallback } from '@opentelemetry/api';
import { withDeadline } from './deadline.ts';
import { BatchResult, InstrumentResult, ObservableInstrument, type CallbackRegistry } from './observable-instruments.ts';
import { RequestListener } from './request-listener.ts';
import type { ThreadMemory } from './thread-memory.ts';

/** How long the callbacks may take that another thread asked for. Milliseconds. */
const ASKED_TIMEOUT = 10_000;

interface Registration {
  readonly callback: ObservableCallback | BatchObservableCallback;
  readonly instruments: ReadonlySet<ObservableInstrument>;
  readonly isBatch: boolean;
}

interface Run {
  readonly request: number;
  readonly errors: Promise<readonly unknown[]>;
  /** Whether a collection of this thread has had it. */
  isTaken: boolean;
}

/** This thread's callbacks: calls them when this thread collects, or another one asks for values. */
export class Observables implements CallbackRegistry {
  readonly #memory: ThreadMemory;
  readonly #listener: RequestListener;
  #registrations: readonly Registration[] = [];
  #last: Run | undefined;
  #answered = 0;

  #isClosed = false;

  constructor(memory: ThreadMemory) {
    this.#memory = memory;
    this.#listener = new RequestListener(memory.arena, (request) => this.#answer(request));
  }

  /** A callback that is there already is not added again. */
  addCallback(callback: ObservableCallback, instrument: ObservableInstrument): void {
    this.#add({ callback, instruments: new Set([instrument]), isBatch: false });
  }

  removeCallback(callback: ObservableCallback, instrument: ObservableInstrument): void {
    this.#remove({ callback, instruments: new Set([instrument]), isBatch: false });
  }

  addBatchCallback(callback: BatchObservableCallback, observables: readonly Observable[]): void {
    const instruments = ours(observables);
    if (instruments.size === 0) diag.error('BatchObservableCallback is not associated with valid instruments', observables);
    else this.#add({ callback, instruments, isBatch: true });
  }

  removeBatchCallback(callback: BatchObservableCallback, observables: readonly Observable[]): void {
    this.#remove({ callback, instruments: ours(observables), isBatch: true });
  }

  /**
   * Calls this thread's callbacks, all at once, and keeps what they told as the answer to the newest request (`OBSERVE`). Never rejects:
   * resolves with what callbacks threw. One that takes longer than `timeoutMillis` gives a `TimeoutError` and no values; without a timeout
   * it is waited for. What is under way already for the same request is not begun again. After `close` there is nothing to call.
   */
  async observe(timeoutMillis?: number): Promise<readonly unknown[]> {
    if (this.#isClosed) return [];
    const request = this.#listener.newest();
    const last = this.#last;
    if (last?.request === request && !last.isTaken) {
      last.isTaken = true;
      return last.errors;
    }
    return this.#run(request, timeoutMillis, true).errors;
  }

  /** Answers no more requests, and calls no more callbacks. */
  close(): void {
    this.#isClosed = true;
    this.#listener.close();
  }

  async #answer(request: number): Promise<void> {
    // This thread has asked itself, and calls its callbacks by `observe`.
    if (this.#last?.request === request) return;
    const errors = await this.#run(request, ASKED_TIMEOUT, false).errors;
    for (const error of errors) diag.error('otel-perf: a callback of an observable instrument failed', error);
  }

  #run(request: number, timeoutMillis: number | undefined, isTaken: boolean): Run {
    const run = { request, errors: this.#call(request, timeoutMillis), isTaken };
    this.#last = run;
    return run;
  }

  async #call(request: number, timeoutMillis: number | undefined): Promise<readonly unknown[]> {
    const at = Date.now();
    const results = await Promise.allSettled(
      this.#registrations.map((registration) => callAndRecord(registration, timeoutMillis, at, request)),
    );
    // Runs may overtake each other. The numbers wrap.
    if (((request - this.#answered) | 0) > 0) {
      this.#answered = request;
      this.#memory.observed(request);
    }
    return results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
  }

  #add(added: Registration): void {
    if (this.#registrations.some((known) => areSame(known, added))) return;
    this.#registrations = [...this.#registrations, added];
  }

  #remove(removed: Registration): void {
    this.#registrations = this.#registrations.filter((known) => !areSame(known, removed));
  }
}

async function callAndRecord(
  { callback, instruments, isBatch }: Registration,
  timeoutMillis: number | undefined,
  at: number,
  request: number,
): Promise<void> {
  if (isBatch) {
    const result = new BatchResult();
    await withDeadline(Promise.resolve((callback as BatchObservableCallback)(result)), timeoutMillis);
    for (const instrument of instruments) {
      const observations = result.observations.get(instrument);
      if (observations !== undefined) instrument.record(observations, at, request);
    }
    return;
  }
  for (const instrument of instruments) {
    const result = new InstrumentResult(instrument);
    await withDeadline(Promise.resolve((callback as ObservableCallback)(result)), timeoutMillis);
    instrument.record(result.observations, at, request);
  }
}

function ours(observables: readonly Observable[]): ReadonlySet<ObservableInstrument> {
  return new Set(observables.filter((observable) => observable instanceof ObservableInstrument));
}

function areSame(one: Registration, other: Registration): boolean {
  return (
    one.isBatch === other.isBatch &&
    one.callback === other.callback &&
    one.instruments.size === other.instruments.size &&
    [...one.instruments].every((instrument) => other.instruments.has(instrument))
  );
}
