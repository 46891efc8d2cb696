import { Timer as IdiomaticTimer, type AnyFunction, type TimingResult as IdiomaticResult } from '@otel-perf/timing';
import { to_documented, type TimingResult } from './result.ts';

/** A stopwatch; it records no metrics. */
export class Timer {
  readonly #timer: IdiomaticTimer;

  constructor(operation_name = 'Operation') {
    this.#timer = new IdiomaticTimer(operation_name);
  }

  get operation_name(): string {
    return this.#timer.operationName;
  }

  /** Unix seconds; `null` before `start` and after `reset`. */
  get start_time(): number | null {
    return this.#timer.startTime;
  }

  /** Unix seconds; `null` until `stop`. */
  get end_time(): number | null {
    return this.#timer.endTime;
  }

  /** Seconds from `start` to `stop`; `null` until both. */
  get elapsed_time(): number | null {
    return this.#timer.elapsedTime;
  }

  start(): void {
    this.#timer.start();
  }

  /** Seconds since `start`. @throws Error when never started. */
  stop(): number {
    return this.#timer.stop();
  }

  reset(): void {
    this.#timer.reset();
  }

  /** Calls `fn` and times it, to its settling where it returns a promise; stops also when it fails, and lets the error through. */
  time_it<Args extends unknown[], Result>(
    fn: (...args: Args) => Result,
    ...args: Args
  ): Result extends PromiseLike<infer Value> ? Promise<[Value, TimingResult]> : [Result, TimingResult];
  time_it(fn: AnyFunction, ...args: unknown[]): unknown {
    const timed: Timed | Promise<Timed> = this.#timer.timeIt(fn, ...args);
    return timed instanceof Promise ? timed.then(documented_pair) : documented_pair(timed);
  }
}

type Timed = [unknown, IdiomaticResult];

function documented_pair([result, timing]: Timed): [unknown, TimingResult] {
  return [result, to_documented(timing)];
}
