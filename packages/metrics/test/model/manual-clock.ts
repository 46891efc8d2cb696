import type { Clock } from '../../src/model/clock.ts';

/** A clock that moves when a test says so. It starts at 2026-01-01T00:00:00Z. */
export class ManualClock implements Clock {
  readonly timeOrigin = Date.UTC(2026, 0, 1);
  #now = 0;

  now(): number {
    return this.#now;
  }

  advance(millis: number): void {
    this.#now += millis;
  }
}
