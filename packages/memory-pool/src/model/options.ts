/** Throws unless `value` is a whole number in [`least`, `most`]; the message names the option and its bounds. */
export function checkInteger(option: string, value: number, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
  const bound = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  if (typeof value !== 'number') throw new TypeError(`${option} must be an integer ${bound}, not ${describe(value)}`);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${option} must be an integer ${bound}, not ${value}`);
  return value;
}

export function checkPowerOfTwo(option: string, value: number, least: number, most: number): number {
  const bound = `a power of two from ${least} to ${most}`;
  if (typeof value !== 'number') throw new TypeError(`${option} must be ${bound}, not ${describe(value)}`);
  if (!Number.isInteger(Math.log2(value)) || value < least || value > most)
    throw new RangeError(`${option} must be ${bound}, not ${value}`);
  return value;
}

export function checkMultiple(option: string, value: number, divisor: number, divisorName: string): number {
  if (value % divisor !== 0) throw new RangeError(`${option} must be a multiple of ${divisorName} (${divisor}), not ${value}`);
  return value;
}

export function checkBoolean(option: string, value: boolean): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${option} must be true or false, not ${describe(value)}`);
  return value;
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
