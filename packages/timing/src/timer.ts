import type { AnyFunction, TimingResult } from './api.ts';
import { now, secondsBetween, unixSeconds } from './clock/now.ts';
import { isThenable } from './wrap/thenable.ts';

/** A stopwatch. It records no metrics: see `timeBlock` and `timeFunction` for that. */
export class Timer {
  readonly operationName: string;
  #start: number | undefined;
  #end: number | undefined;

  constructor(operationName = 'Operation') {
    this.operationName = operationName;
  }

  /** Unix seconds; null before `start` and after `reset`. */
  get startTime(): number | null {
    return this.#start === undefined ? null : unixSeconds(this.#start);
  }

  /** Unix seconds; null until `stop`. */
  get endTime(): number | null {
    return this.#end === undefined ? null : unixSeconds(this.#end);
  }

  /** Seconds from `start` to `stop`, null until both. */
  get elapsedTime(): number | null {
    return this.#start === undefined || this.#end === undefined ? null : secondsBetween(this.#start, this.#end);
  }

  /** Starts, or starts anew. */
  start(): void {
    this.#end = undefined;
    this.#start = now();
  }

  /**
   * Seconds since `start`; a further call measures on from that start.
   * @throws Error when never started.
   */
  stop(): number {
    const end = now();
    if (this.#start === undefined) throw new Error(`the timer of ${JSON.stringify(this.operationName)} was never started`);
    this.#end = end;
    return secondsBetween(this.#start, end);
  }

  reset(): void {
    this.#start = undefined;
    this.#end = undefined;
  }

  /** Calls `fn` and times it, to its settling where it returns a promise. Stops also when it fails, and lets the error through. */
  timeIt<Args extends unknown[], Result>(
    fn: (...args: Args) => Result,
    ...args: Args
  ): Result extends PromiseLike<infer Value> ? Promise<[Value, TimingResult]> : [Result, TimingResult];
  timeIt(fn: AnyFunction, ...args: unknown[]): unknown {
    let settling = false;
    this.start();
    try {
      const result: unknown = fn(...args);
      settling = isThenable(result);
      return settling ? this.#timeSettling(result as PromiseLike<unknown>) : [result, this.#stopped()];
    } finally {
      if (!settling && this.#end === undefined) this.stop();
    }
  }

  async #timeSettling(result: PromiseLike<unknown>): Promise<[unknown, TimingResult]> {
    try {
      return [await result, this.#stopped()];
    } finally {
      if (this.#end === undefined) this.stop();
    }
  }

  #stopped(): TimingResult {
    const executionTime = this.stop();
    return { executionTime, startTime: this.startTime!, endTime: this.endTime!, operationName: this.operationName, metadata: {} };
  }
}
