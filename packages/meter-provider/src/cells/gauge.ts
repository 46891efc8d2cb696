import { GAUGE_CLOCK, type Arena } from '../memory/arena.ts';

/** The value, and the reading of the clock of all gauges when it was set. */
export const GAUGE_WORDS = 2;

/** The last value. Of several threads' that which was set last. */
export class GaugeCell {
  readonly #f64: Float64Array<SharedArrayBuffer>;
  readonly #i32: Int32Array<SharedArrayBuffer>;
  readonly #at: number;

  constructor({ f64, i32 }: Arena, at: number) {
    this.#f64 = f64;
    this.#i32 = i32;
    this.#at = at;
  }

  record(value: number): void {
    this.#f64[this.#at] = value;
    this.#f64[this.#at + 1] = Atomics.add(this.#i32, GAUGE_CLOCK, 1);
  }
}

export function readGauge({ f64 }: Arena, cells: readonly number[]): number {
  let last = cells[0]!;
  // The clock wraps.
  for (const at of cells) if (((f64[at + 1]! - f64[last + 1]!) | 0) > 0) last = at;
  return f64[last]!;
}
