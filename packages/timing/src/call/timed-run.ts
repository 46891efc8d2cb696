import type { Series } from '@otel-perf/metrics';
import type { AnyFunction } from '../api.ts';
import { secondsBetween } from '../clock/now.ts';
import type { Run } from '../wrap/run.ts';
import type { Timing } from './timing.ts';

/** A timed call that goes on after its return. */
export class TimedRun implements Run {
  readonly #timing: Timing;
  readonly #series: Series;
  readonly #receiver: unknown;
  readonly #start: number;
  #over = false;

  constructor(timing: Timing, series: Series, receiver: unknown, start: number) {
    this.#timing = timing;
    this.#series = series;
    this.#receiver = receiver;
    this.#start = start;
  }

  resume(fn: AnyFunction, receiver: unknown, args: ArrayLike<unknown>): unknown {
    return Reflect.apply(fn, receiver, args);
  }

  succeed(_result: unknown, items?: number): void {
    if (this.#over) return;
    this.#over = true;
    const end = this.#timing.clock.now();
    this.#series.record(secondsBetween(this.#start, end), end);
    if (items !== undefined) this.#timing.countItems(this.#receiver, items);
  }

  fail(error: unknown, items?: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#timing.fail(this.#receiver, this.#start, error);
    if (items !== undefined) this.#timing.countItems(this.#receiver, items, { error });
  }
}
