import type { Arena } from '../memory/arena.ts';
import type { RecordingCell } from './recording-cell.ts';

/** Words of a sum. */
export const SUM_WORDS = 1;

/** A sum: one word, which one thread writes. */
export class SumCell implements RecordingCell {
  readonly #f64: Float64Array<SharedArrayBuffer>;
  readonly #at: number;
  #most = Number.MAX_VALUE;

  constructor({ f64 }: Arena, at: number) {
    this.#f64 = f64;
    this.#at = at;
  }

  record(value: number): void {
    this.#f64[this.#at]! += value;
  }

  tryRecord(value: number): boolean {
    if (!(value >= 0 && value <= this.#most)) return false;
    this.#f64[this.#at]! += value;
    return true;
  }

  retire(): void {
    this.#most = NaN;
  }
}

export function readSum({ f64 }: Arena, cells: readonly number[]): number {
  let sum = 0;
  for (const at of cells) sum += f64[at]!;
  return sum;
}
