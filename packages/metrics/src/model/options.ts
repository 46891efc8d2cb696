/** Throws unless `value` is a whole number in [`least`, `most`]; the message names the option and its bounds. */
export function checkInteger(option: string, value: number, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    const bound = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new RangeError(`${option} must be an integer ${bound}, not ${describe(value)}`);
  }
  return value;
}

/** Throws unless `value` is a number in [`least`, `most`], `most` included even when infinite. */
export function checkNumber(option: string, value: number, least: number, most: number = Infinity): number {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new RangeError(`${option} must be a number from ${least} to ${most}, not ${describe(value)}`);
  }
  return value;
}

/** Throws unless `bounds` are finite numbers in strictly rising order, at least one. */
export function checkBoundaries(option: string, bounds: readonly number[]): readonly number[] {
  const rising = Array.isArray(bounds) && bounds.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > bounds[i - 1]!));
  if (!rising || bounds.length === 0) {
    throw new RangeError(`${option} must be finite numbers in strictly rising order, at least one, not ${describe(bounds)}`);
  }
  return Object.freeze([...bounds]);
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
