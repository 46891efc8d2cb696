import { FRACTION_LENGTH, SHORT_LENGTH, SHORT_TRIPLE, TRIPLE } from './digits.ts';
import type { Page } from './page.ts';

/** Longest text of a double: sign, 17 digits, point, exponent; rounded up. */
export const MAX_NUMBER_BYTES = 32;

const POINT = 0x2e;
const MINUS = 0x2d;

/**
 * Writes `value`, which must be finite, at `at` and returns the position behind it. The text reads back as the same double, also for -0.
 * What is a whole number, or one of billionths (a duration in nanoseconds), goes through integers to digits without an exponent.
 */
export function writeNumber(page: Page, at: number, value: number): number {
  const billionths = Math.round(value * 1e9);
  if (billionths / 1e9 === value && billionths <= Number.MAX_SAFE_INTEGER && billionths >= -Number.MAX_SAFE_INTEGER) {
    const start = writeSign(page, at, value);
    const magnitude = Math.abs(billionths);
    const whole = wholeBillions(magnitude);
    return writeFraction(page, writeInt32(page, start, whole | 0), (magnitude - whole * 1e9) | 0);
  }
  if (Number.isSafeInteger(value)) return writeWhole(page, writeSign(page, at, value), Math.abs(value));
  return writeText(page, at, String(value));
}

function writeSign(page: Page, at: number, value: number): number {
  if (value > 0 || Object.is(value, 0)) return at;
  page.bytes[at] = MINUS;
  return at + 1;
}

/** Of a whole number from 0 to the greatest safe one. */
function writeWhole(page: Page, at: number, value: number): number {
  const billions = wholeBillions(value);
  const rest = (value - billions * 1e9) | 0;
  if (billions === 0) return writeInt32(page, at, rest);
  const end = writeInt32(page, at, billions | 0);
  writeNineDigits(page, end, rest);
  return end + 9;
}

/** How often 1e9 goes into a safe integer. Their quotient is rounded, up to the next whole number at worst. */
function wholeBillions(value: number): number {
  const billions = Math.floor(value / 1e9);
  return billions * 1e9 > value ? billions - 1 : billions;
}

/** Of a whole number from 0 to 2^31 - 1. */
function writeInt32(page: Page, at: number, value: number): number {
  if (value < 1000) {
    page.view.setUint32(at, SHORT_TRIPLE[value]!, true);
    return at + SHORT_LENGTH[value]!;
  }
  const thousands = (value / 1000) | 0;
  const end = writeInt32(page, at, thousands);
  page.view.setUint32(end, TRIPLE[value - thousands * 1000]!, true);
  return end + 3;
}

/** Of `billionths` below 1e9: nothing for 0, else the point and the digits up to the last one that counts. */
function writeFraction(page: Page, at: number, billionths: number): number {
  if (billionths === 0) return at;
  page.bytes[at] = POINT;
  return at + 1 + writeNineDigits(page, at + 1, billionths);
}

/** Returns how many of the digits there are up to the last one that is not zero. */
function writeNineDigits(page: Page, at: number, value: number): number {
  const { view } = page;
  const thousands = (value / 1000) | 0;
  const first = (value / 1_000_000) | 0;
  const second = thousands - first * 1000;
  const third = value - thousands * 1000;
  view.setUint32(at, TRIPLE[first]!, true);
  view.setUint32(at + 3, TRIPLE[second]!, true);
  view.setUint32(at + 6, TRIPLE[third]!, true);
  if (third !== 0) return 6 + FRACTION_LENGTH[third]!;
  return second !== 0 ? 3 + FRACTION_LENGTH[second]! : FRACTION_LENGTH[first]!;
}

function writeText(page: Page, at: number, ascii: string): number {
  const { bytes } = page;
  for (let i = 0; i < ascii.length; i++) bytes[at + i] = ascii.charCodeAt(i);
  return at + ascii.length;
}

/**
 * Writes Unix times, given in microseconds, as seconds. Events come in the order of their times, so that the digits of the second are
 * nearly always those of the event before.
 */
export class TimestampWriter {
  /** Microseconds at the start of the second that `#digits` show. */
  #second = NaN;
  #digits: Uint8Array = new Uint8Array(0);

  write(page: Page, at: number, micros: number): number {
    let rest = micros - this.#second;
    if (!(rest >= 0 && rest < 1e6)) {
      if (!(micros >= 0 && Number.isSafeInteger(micros))) return writeText(page, at, String(micros / 1e6));
      this.#turn(micros);
      rest = micros - this.#second;
    }
    page.bytes.set(this.#digits, at);
    return writeFraction(page, at + this.#digits.length, (rest | 0) * 1000);
  }

  #turn(micros: number): void {
    const seconds = Math.floor(micros / 1e6);
    const whole = seconds * 1e6 > micros ? seconds - 1 : seconds;
    this.#second = whole * 1e6;
    this.#digits = Buffer.from(String(whole));
  }
}
