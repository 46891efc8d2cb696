/** @throws TypeError or RangeError that names the option and its bounds. */
export function check_number(option: string, value: number, least: number, most: number, kind = 'a number'): number {
  const expected = `${option} must be ${kind} from ${least} to ${most}`;
  if (typeof value !== 'number') throw new TypeError(`${expected}, not ${String(value)}`);
  if (!(value >= least && value <= most)) throw new RangeError(`${expected}, not ${value}`);
  return value;
}

/** @throws TypeError or RangeError that names the option and its bounds. */
export function check_integer(option: string, value: number, least: number, most: number): number {
  check_number(option, value, least, most, 'an integer');
  if (!Number.isInteger(value)) throw new RangeError(`${option} must be an integer from ${least} to ${most}, not ${value}`);
  return value;
}

/** @throws TypeError that names the option. */
export function check_boolean(option: string, value: boolean): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${option} must be true or false, not ${String(value)}`);
  return value;
}

/** `null` counts as left out. @throws TypeError that names the argument. */
export function check_list<Item>(argument: string, list: readonly Item[] | null | undefined): readonly Item[] {
  if (list === null || list === undefined) return [];
  if (!Array.isArray(list)) throw new TypeError(`${argument} must be an array, not ${String(list)}`);
  return list;
}

export function check_power_constraint(share: number): number {
  return check_number('power_constraint', share, 0.01, 1);
}

export function check_thermal_constraint(celsius: number): number {
  return check_number('thermal_constraint', celsius, 1, 150);
}
