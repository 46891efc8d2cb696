import { GAUGE_CLOCK, type Arena } from '../memory/arena.ts';
import type { RecordingCell } from './recording-cell.ts';

/** The value, and when it was set, by the clock of all gauges; 0 for never. */
export const GAUGE_WORDS = 2;

/**
 * The clock counts what gauges are set. Its lower 31 bits are those of `GAUGE_CLOCK`. How often they have run over, the next word of the arena
 * counts: whoever sees them run over, adds 1 to it, a little later. Whether that is still to come, tells the top bit of `GAUGE_CLOCK`, which
 * is the lowest bit of this count.
 */
const RUN_OVER = GAUGE_CLOCK + 1;
const LOWER_BITS = 0x7fff_ffff;

function tick(i32: Int32Array): number {
  const counted = i32[RUN_OVER]!;
  const clock = Atomics.add(i32, GAUGE_CLOCK, 1);
  const lower = clock & LOWER_BITS;
  if (lower === LOWER_BITS) Atomics.add(i32, RUN_OVER, 1);
  const runOver = (counted & 1) === clock >>> 31 ? counted : counted + 1;
  return runOver * (LOWER_BITS + 1) + lower + 1;
}

/** The last value. Of several threads' that which was set last. */
export class GaugeCell implements RecordingCell {
  readonly #f64: Float64Array<SharedArrayBuffer>;
  readonly #i32: Int32Array<SharedArrayBuffer>;
  readonly #at: number;
  #most = Number.MAX_VALUE;

  constructor({ f64, i32 }: Arena, at: number) {
    this.#f64 = f64;
    this.#i32 = i32;
    this.#at = at;
  }

  record(value: number): void {
    this.#f64[this.#at] = value;
    this.#f64[this.#at + 1] = tick(this.#i32);
  }

  tryRecord(value: number): boolean {
    if (!(value >= 0 && value <= this.#most)) return false;
    this.record(value);
    return true;
  }

  retire(): void {
    this.#most = NaN;
  }
}

export function readGauge({ f64 }: Arena, cells: readonly number[]): number {
  let last = cells[0]!;
  for (const at of cells) if (f64[at + 1]! > f64[last + 1]!) last = at;
  return f64[last]!;
}
