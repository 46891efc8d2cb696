import { diag, ValueType } from '@opentelemetry/api';
import type { InstrumentDescriptor } from './instrument-descriptor.ts';
import type { Losses } from './losses.ts';

const NEGATIVE_REFUSED: ReadonlyMap<string, string> = new Map([
  ['COUNTER', 'counter'],
  ['HISTOGRAM', 'histogram'],
]);

/** Whether a value is taken as it is. The rest is for `Admission.mend`: hot paths keep away from it, so that numbers stay unboxed there. */
export function isAdmitted(value: unknown, least: number, isWhole: boolean): value is number {
  return typeof value === 'number' && value >= least && value <= Number.MAX_VALUE && (!isWhole || Number.isInteger(value));
}

/** Which values an instrument takes. */
export class Admission {
  /** What `isAdmitted` wants to know: the least value, and whether only integers are taken. */
  readonly least: number;
  readonly isWhole: boolean;
  readonly #name: string;
  readonly #refusesNegativeAs: string | undefined;
  readonly #losses: Losses;

  constructor({ name, type, valueType }: InstrumentDescriptor, losses: Losses) {
    this.#name = name;
    this.#refusesNegativeAs = NEGATIVE_REFUSED.get(type);
    this.#losses = losses;
    this.least = this.#refusesNegativeAs === undefined ? -Number.MAX_VALUE : 0;
    this.isWhole = valueType === ValueType.INT;
  }

  /** The value to take in place of one that is not admitted, which then is; `undefined` for none, which has been told. */
  mend(value: unknown): number | undefined {
    if (this.#refusesNegativeAs !== undefined && isNegative(value)) {
      diag.warn(`negative value provided to ${this.#refusesNegativeAs} ${this.#name}: ${textOf(value)}`);
      return undefined;
    }
    if (typeof value !== 'number') {
      diag.warn(`non-number value provided to metric ${this.#name}: ${textOf(value)}`);
      return undefined;
    }
    if (!Number.isFinite(value)) {
      this.#losses.drop('not_finite', this.#name, `${value} is not finite`);
      return undefined;
    }
    if (!this.isWhole || Number.isInteger(value)) return value;
    diag.warn(`INT value type cannot accept a floating-point value for ${this.#name}, ignoring the fractional digits.`);
    return Math.trunc(value);
  }
}

/** Also of strings and the like, as the SDK has it. */
function isNegative(value: unknown): boolean {
  return typeof value !== 'object' && typeof value !== 'symbol' && (value as number) < 0;
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}
