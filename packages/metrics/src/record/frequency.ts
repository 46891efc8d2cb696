import { globToRegExp } from '../filter/glob.ts';
import { checkNumber } from '../model/options.ts';
import type { SkipReason } from './losses.ts';

/** How often a series is recorded. What is left out is counted. */
export interface Frequency {
  /** Share of the values to record, chosen at random. Default 1; above 0, at most 1. */
  sampleRatio?: number;
  /** Least time between two recorded values, in milliseconds. Default 0. */
  minIntervalMillis?: number;
}

/** A frequency for every series whose metric name matches the shell-wildcard pattern; the first rule that matches holds. */
export interface FrequencyRule extends Frequency {
  name: string;
}

/** @throws RangeError for an option out of its bounds. */
export function checkFrequency(frequency: Frequency): void {
  checkNumber('sampleRatio', frequency.sampleRatio ?? 1, Number.MIN_VALUE, 1);
  checkNumber('minIntervalMillis', frequency.minIntervalMillis ?? 0, 0, Number.MAX_VALUE);
}

export function findFrequency(rules: readonly FrequencyRule[], name: string): Frequency | undefined {
  return rules.find((rule) => globToRegExp(rule.name).test(name));
}

/** Decides, value by value, whether a series records. */
export class FrequencyGate {
  readonly #sampleRatio: number;
  readonly #minIntervalMillis: number;
  #nextAt = -Infinity;

  /** `undefined` for a frequency that leaves nothing out. */
  static of(frequency: Frequency | undefined): FrequencyGate | undefined {
    const { sampleRatio = 1, minIntervalMillis = 0 } = frequency ?? {};
    return sampleRatio === 1 && minIntervalMillis === 0 ? undefined : new FrequencyGate(sampleRatio, minIntervalMillis);
  }

  private constructor(sampleRatio: number, minIntervalMillis: number) {
    this.#sampleRatio = sampleRatio;
    this.#minIntervalMillis = minIntervalMillis;
  }

  /** `undefined` when the value is to be recorded, otherwise why it is not. */
  refuses(at: number): SkipReason | undefined {
    if (at < this.#nextAt) return 'interval';
    if (this.#sampleRatio < 1 && Math.random() >= this.#sampleRatio) return 'sampled';
    this.#nextAt = at + this.#minIntervalMillis;
    return undefined;
  }
}
