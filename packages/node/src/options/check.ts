import { constants } from 'node:os';

/** Checks of options that come from code: a bad one throws, naming itself and its bounds. */

/** @throws RangeError */
export function checkInteger(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${option} must be an integer from ${least} to ${most}, not ${shown(value)}`);
}

/** @throws TypeError */
export function checkFlag(option: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`${option} must be true or false, not ${shown(value)}`);
}

/** @throws TypeError */
export function checkText(option: string, value: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`${option} must be a text that is not empty, not ${shown(value)}`);
}

/** @throws TypeError */
export function checkSignals(option: string, signals: readonly NodeJS.Signals[]): readonly NodeJS.Signals[] {
  const wrong = Array.isArray(signals) ? signals.filter((signal) => !CATCHABLE.has(signal)) : [signals];
  if (wrong.length === 0) return signals;
  throw new TypeError(`${option} must be a list of signals that a process can catch, such as ['SIGTERM'], not ${shown(wrong[0])}`);
}

const CATCHABLE = new Set(Object.keys(constants.signals).filter((signal) => signal !== 'SIGKILL' && signal !== 'SIGSTOP'));

/** @throws TypeError */
export function checkKnown(what: string, options: object, known: readonly string[]): void {
  for (const option of Object.keys(options)) {
    if (!known.includes(option)) throw new TypeError(`${what} has no option ${option}; it has ${known.join(', ')}`);
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
