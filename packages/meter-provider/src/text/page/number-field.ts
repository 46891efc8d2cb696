import * as prometheusParts from '@otel-perf/metrics/prometheus-parts';

const BLANK = 0x20;
const ZERO = 0x30;

/** Where the digits do not fit. */
export const TOO_LONG = -1;

/**
 * Writes `value` to the right end of a field of `width` bytes from `at`, blanks before it. Returns how many bytes it takes itself, or
 * `TOO_LONG`, and then the field holds anything.
 */
export function putNumber(bytes: Uint8Array, at: number, width: number, value: number): number {
  return (value | 0) === value && value >= 0 ? putInteger(bytes, at, width, value | 0) : putText(bytes, at, width, value);
}

function putInteger(bytes: Uint8Array, at: number, width: number, value: number): number {
  const end = at + width;
  let from = end;
  let rest = value;
  do {
    if (from === at) return TOO_LONG;
    const tenth = (rest / 10) | 0;
    bytes[--from] = ZERO + rest - tenth * 10;
    rest = tenth;
  } while (rest !== 0);
  const length = end - from;
  while (from > at) bytes[--from] = BLANK;
  return length;
}

function putText(bytes: Uint8Array, at: number, width: number, value: number): number {
  const text = prometheusParts.numberText(value);
  const { length } = text;
  if (length > width) return TOO_LONG;
  const from = at + width - length;
  for (let i = at; i < from; i++) bytes[i] = BLANK;
  for (let i = 0; i < length; i++) bytes[from + i] = text.charCodeAt(i);
  return length;
}

/** Bytes that a field has at most. */
export const WIDEST_FIELD = 32;
/** Of a field that more digits are expected in. */
const SPARE = 2;
/** A fraction can have any number of digits at the next change. So many are more than most doubles have. */
const FRACTION_WIDTH = 20;

/**
 * Writes a field that is as wide as `value` asks for, or a little wider, and returns its width. `exact` is for OpenMetrics, where but one
 * blank may come before.
 */
export function putField(bytes: Uint8Array, at: number, value: number, exact: boolean): number {
  const { length } = prometheusParts.numberText(value);
  const width = exact ? length : Math.max(length + SPARE, Number.isInteger(value) ? 0 : FRACTION_WIDTH);
  putNumber(bytes, at, width, value);
  return width;
}
