import type { Series } from '@otel-perf/metrics';
import { secondsBetween } from '../clock/now.ts';
import type { Timing } from './timing.ts';

/** Those kept for calls to come: more at once than that of one site are rare. */
const MOST_KEPT = 64;

/**
 * A call that returned a promise which has not settled. One of its two functions is called, and called once; then it stands for another
 * call, since to make two functions for each costs about as much as to record it.
 */
export class Pending {
  readonly succeed: (value: unknown) => unknown;
  readonly fail: (reason: unknown) => never;
  #series: Series | undefined;
  #receiver: unknown;
  // No integer to the engine, so that it is a number of 64 bits from the start, changed in place.
  #start = -0;

  constructor(timing: Timing, kept: Pending[]) {
    const { clock } = timing;
    const end = (): void => {
      this.#receiver = undefined;
      if (kept.length < MOST_KEPT) kept.push(this);
    };
    this.succeed = (value) => {
      const now = clock.now();
      this.#series!.record(secondsBetween(this.#start, now), now);
      end();
      return value;
    };
    this.fail = (reason) => {
      timing.fail(this.#receiver, this.#start, reason);
      end();
      throw reason;
    };
  }

  begin(series: Series, receiver: unknown, start: number): this {
    this.#series = series;
    this.#receiver = receiver;
    this.#start = start;
    return this;
  }
}
