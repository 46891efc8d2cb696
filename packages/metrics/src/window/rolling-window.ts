import { computeStats, type WindowStats } from './statistics.ts';

const FIRST_CAPACITY = 16;

/** Shared by all windows: statistics are worked out on a copy, one window at a time. */
let scratch = new Float64Array(1024);

/**
 * The last values of a metric, at most `size` of them and, where `maxAgeMillis` is finite, none older than that. Adding is O(1): one
 * store in a ring, which grows by doubling up to `size` (8 bytes a value; 16 with an age). Everything else is worked out when read.
 */
export class RollingWindow {
  readonly size: number;
  readonly maxAgeMillis: number;
  #values = new Float64Array(FIRST_CAPACITY);
  #times: Float64Array<ArrayBuffer> | undefined;
  #next = 0;
  #wraps = false;
  /** Values added in earlier laps of the ring. */
  #left = 0;

  constructor(size: number, maxAgeMillis: number) {
    this.size = size;
    this.maxAgeMillis = maxAgeMillis;
    if (size < FIRST_CAPACITY) this.#values = new Float64Array(size);
    if (maxAgeMillis < Infinity) this.#times = new Float64Array(this.#values.length);
  }

  /** `value` must be finite; `at`, in milliseconds of the owner's clock, must not go back, and is ignored without an age. */
  add(value: number, at: number): void {
    let i = this.#next;
    if (i === this.#values.length) i = this.#turn();
    this.#values[i] = value;
    if (this.#times !== undefined) this.#times[i] = at;
    this.#next = i + 1;
  }

  /** Values ever added. */
  get seen(): number {
    return this.#left + this.#next;
  }

  /** Values in the window at `now`. */
  countAt(now: number): number {
    return this.#held() - this.#expired(now);
  }

  /** The last `count` values in the window at `now`, oldest first. */
  recent(count: number, now: number): number[] {
    const held = this.#held();
    const from = Math.max(this.#expired(now), held - count);
    return Array.from({ length: Math.max(0, held - from) }, (_, i) => this.#values[this.#slot(from + i)]!);
  }

  stats(now: number, percentiles: readonly number[]): WindowStats {
    const held = this.#held();
    const count = held - this.#expired(now);
    if (scratch.length < count) scratch = new Float64Array(this.#values.length);
    this.#copyNewest(scratch, count);
    const last = count === 0 ? NaN : this.#values[this.#next - 1]!;
    return computeStats(scratch, count, this.seen, last, percentiles);
  }

  clear(): void {
    this.#next = 0;
    this.#wraps = false;
    this.#left = 0;
  }

  /**
   * A new window with what `windows` hold at `now`, their newest values where `size` is too small for all: in order of age where each
   * of them has an age, in the order of the arguments otherwise.
   */
  static combine(windows: readonly RollingWindow[], size: number, maxAgeMillis: number, now: number): RollingWindow {
    const parts = windows.map((window) => window.#live(now));
    const values = parts.flatMap((part) => part.values);
    const times = parts.flatMap((part) => part.times);
    const order = values.map((_, i) => i);
    if (windows.every((window) => window.#times !== undefined)) order.sort((a, b) => times[a]! - times[b]!);
    const combined = new RollingWindow(size, maxAgeMillis);
    for (const i of order) combined.add(values[i]!, times[i]!);
    combined.#left += windows.reduce((sum, window) => sum + window.seen, 0) - values.length;
    return combined;
  }

  #live(now: number): { values: number[]; times: number[] } {
    const held = this.#held();
    const slots = Array.from({ length: held - this.#expired(now) }, (_, i) => this.#slot(held - 1 - i)).reverse();
    return {
      values: slots.map((slot) => this.#values[slot]!),
      times: slots.map((slot) => this.#times?.[slot] ?? now),
    };
  }

  #turn(): number {
    const capacity = this.#values.length;
    if (capacity < this.size) {
      this.#values = grown(this.#values, Math.min(this.size, capacity * 2));
      if (this.#times !== undefined) this.#times = grown(this.#times, this.#values.length);
      return capacity;
    }
    this.#wraps = true;
    this.#left += capacity;
    return 0;
  }

  #held(): number {
    return this.#wraps ? this.#values.length : this.#next;
  }

  /** The ring's slot of the `i`th oldest value held. */
  #slot(i: number): number {
    if (!this.#wraps) return i;
    const slot = this.#next + i;
    return slot >= this.#values.length ? slot - this.#values.length : slot;
  }

  /** How many of the oldest values held are older than the window's age. */
  #expired(now: number): number {
    if (this.#times === undefined) return 0;
    const oldest = now - this.maxAgeMillis;
    let low = 0;
    let high = this.#held();
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times[this.#slot(middle)]! < oldest) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #copyNewest(target: Float64Array<ArrayBuffer>, count: number): void {
    const end = this.#next;
    const before = Math.min(count, end);
    target.set(this.#values.subarray(end - before, end), count - before);
    if (count > before) target.set(this.#values.subarray(this.#values.length - (count - before)), 0);
  }
}

function grown(values: Float64Array<ArrayBuffer>, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity);
  larger.set(values);
  return larger;
}
