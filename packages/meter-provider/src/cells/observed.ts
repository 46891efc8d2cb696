import type { Arena } from '../memory/arena.ts';

/** The value, and the number of the request (`OBSERVE`) in answer to which it was told. */
export const OBSERVED_WORDS = 2;

/** What a callback of an observable said last: of a counter the sum, of a gauge the value. */
export class ObservedCell {
  readonly #f64: Float64Array<SharedArrayBuffer>;
  readonly #at: number;

  constructor({ f64 }: Arena, at: number) {
    this.#f64 = f64;
    this.#at = at;
  }

  set(value: number, request: number): void {
    this.#f64[this.#at] = value;
    this.#f64[this.#at + 1] = request;
  }
}

/** In answer to which request a cell was told last; 0 before the first. */
export function requestOf({ f64 }: Arena, at: number): number {
  return f64[at + 1]!;
}
