import type { ConditionsReading } from '../sense/reading.ts';
import type { Load } from './tunable.ts';

/** Windows in a row that must agree. */
export const AGREE = 2;
/** The standard deviation of a median as a share of that of a mean. */
const MEDIAN_TO_MEAN = 1.2533;

/** Load and conditions of the same time, with enough items to say something. */
export interface Window {
  readonly load: Load;
  readonly conditions: ConditionsReading;
  /** Items a second. */
  readonly throughput: number;
}

/** Puts cycles together until they have as many items as a window needs. */
export class Windows {
  readonly #minItems: number;
  #load: Load | undefined;
  #conditions: ConditionsReading | undefined;

  constructor(minItems: number) {
    this.#minItems = minItems;
  }

  /** What is begun is dropped: it was measured with other settings. */
  clear(): void {
    this.#load = undefined;
    this.#conditions = undefined;
  }

  add(load: Load, conditions: ConditionsReading): Window | undefined {
    const together = this.#load === undefined ? load : mergeLoads(this.#load, load);
    const around = this.#conditions === undefined ? conditions : mergeConditions(this.#conditions, conditions);
    if (together.items < this.#minItems || together.seconds <= 0) {
      this.#load = together;
      this.#conditions = around;
      return undefined;
    }
    this.clear();
    return { load: together, conditions: around, throughput: together.items / together.seconds };
  }
}

/** The 95th percentile of two parts is not known; that of the slower part is never too small. */
function mergeLoads(before: Load, after: Load): Load {
  const p95s = [before.p95Seconds, after.p95Seconds].filter((p95) => p95 !== undefined);
  return {
    seconds: before.seconds + after.seconds,
    items: before.items + after.items,
    p95Seconds: p95s.length === 0 ? undefined : Math.max(...p95s),
    waiting: after.waiting,
  };
}

/** Those that the search goes by are means over the time, the others the newest. */
function mergeConditions(before: ConditionsReading, after: ConditionsReading): ConditionsReading {
  const seconds = before.seconds + after.seconds;
  const mean = (first: number | undefined, second: number | undefined): number | undefined => {
    if (first === undefined || second === undefined || seconds <= 0) return second;
    return (first * before.seconds + second * after.seconds) / seconds;
  };
  const { cpuPressure, throttling } = after;
  return {
    ...after,
    seconds,
    idleCpus: mean(before.idleCpus, after.idleCpus),
    cpuPressure: cpuPressure && { ...cpuPressure, some: mean(before.cpuPressure?.some, cpuPressure.some) ?? cpuPressure.some },
    throttling: throttling && { ...throttling, share: mean(before.throttling?.share, throttling.share) ?? throttling.share },
    involuntarySwitchesPerSecond: mean(before.involuntarySwitchesPerSecond, after.involuntarySwitchesPerSecond),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Of those that tell; `undefined` where none does. */
export function medianOf(windows: readonly Window[], read: (window: Window) => number | undefined): number | undefined {
  const values = windows.map(read).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : median(values);
}

export function p95Of({ load: { p95Seconds } }: Window): number | undefined {
  return p95Seconds;
}

/** `bound` of the latency, in seconds. */
export function isOver({ load: { p95Seconds } }: Window, bound: number | undefined): boolean {
  return bound !== undefined && p95Seconds !== undefined && p95Seconds > bound;
}

export function throughputOf(windows: readonly Window[]): number {
  return median(windows.map(({ throughput }) => throughput));
}

/**
 * How far two medians of throughput may be off from each other by chance, as a share. The noise is the median of deviations, which is 0.6745
 * of a normal standard deviation; of few windows it may seem too small, so that of the noisier ones counts for both.
 */
export function doubtBetween(some: readonly Window[], others: readonly Window[]): number {
  const noise = Math.max(noiseOf(some), noiseOf(others));
  return MEDIAN_TO_MEAN * noise * Math.sqrt(1 / some.length + 1 / others.length);
}

/** How far the median of throughput may be off by chance, as a share. */
export function doubtOf(windows: readonly Window[]): number {
  return (MEDIAN_TO_MEAN * noiseOf(windows)) / Math.sqrt(windows.length);
}

export function noiseOf(windows: readonly Window[]): number {
  const middle = throughputOf(windows);
  return middle === 0 ? 0 : median(windows.map(({ throughput }) => Math.abs(throughput - middle))) / 0.6745 / middle;
}
