/** Throws unless `value` is a whole number in [`least`, `most`]; the message names the option and its bounds. */
export function checkInteger(option: string, value: number, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
  checkNumber(option, value, least, most, 'an integer');
  if (!Number.isInteger(value)) throw new RangeError(`${option} must be an integer ${bounds(least, most)}, not ${value}`);
  return value;
}

/** Throws unless `value` is a number in [`least`, `most`]. */
export function checkNumber(option: string, value: number, least: number, most: number = Infinity, kind = 'a number'): number {
  const expected = `${option} must be ${kind} ${bounds(least, most)}`;
  if (typeof value !== 'number') throw new TypeError(`${expected}, not ${describe(value)}`);
  if (!(value >= least && value <= most)) throw new RangeError(`${expected}, not ${value}`);
  return value;
}

export function checkBoolean(option: string, value: boolean): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${option} must be true or false, not ${describe(value)}`);
  return value;
}

/** Throws unless `value` is a string that is not empty. */
export function checkText(option: string, value: string): string {
  if (typeof value !== 'string') throw new TypeError(`${option} must be a string, not ${describe(value)}`);
  if (value === '') throw new RangeError(`${option} must not be empty`);
  return value;
}

function bounds(least: number, most: number): string {
  return most === Infinity || most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
