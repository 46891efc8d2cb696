type Quantity = 'time' | 'bytes' | 'part';

/** How many of the quantity's base unit: seconds, bytes, one. As a fraction, so that 50.1 ms are exactly 0.0501 s. */
export interface Scale {
  readonly quantity: Quantity;
  readonly times: number;
  readonly over: number;
}

const TIMES: Readonly<Record<string, readonly [number, number]>> = {
  ns: [1, 1e9],
  us: [1, 1e6],
  ms: [1, 1e3],
  s: [1, 1],
  min: [60, 1],
  h: [3600, 1],
};
const DECIMAL = ['k', 'M', 'G', 'T'];
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti'];
const prefixed = (suffix: string): [string, number][] => [
  ...DECIMAL.map((prefix, i): [string, number] => [prefix + suffix, 1000 ** (i + 1)]),
  ['K' + suffix, 1000],
  ...BINARY.map((prefix, i): [string, number] => [prefix + suffix, 1024 ** (i + 1)]),
];

/** UCUM units of series. */
const OF_SERIES = new Map<string, Scale>([
  ...Object.entries({ ...TIMES, d: [86_400, 1] as const }).map(([unit, [times, over]]) => scale(unit, 'time', times, over)),
  scale('By', 'bytes', 1),
  ...prefixed('By').map(([unit, times]) => scale(unit, 'bytes', times)),
  scale('1', 'part', 1),
  scale('%', 'part', 1, 100),
]);

/** What people write behind a number. */
const OF_PEOPLE = new Map<string, Scale>([
  ...Object.entries({ ...TIMES, µs: TIMES['us']!, μs: TIMES['us']! }).map(([unit, [times, over]]) => scale(unit, 'time', times, over)),
  scale('B', 'bytes', 1),
  ...prefixed('B').map(([unit, times]) => scale(unit, 'bytes', times)),
  scale('%', 'part', 1, 100),
]);

function scale(unit: string, quantity: Quantity, times: number, over = 1): [string, Scale] {
  return [unit, { quantity, times, over }];
}

export function isTime(ucum: string): boolean {
  return OF_SERIES.get(ucum)?.quantity === 'time';
}

export function scaleOfSuffix(suffix: string): Scale | undefined {
  return OF_PEOPLE.get(suffix);
}

export const SUFFIXES: readonly string[] = [...OF_PEOPLE.keys()];

/** `value` of `from` in the unit of a series; `undefined` where that is another quantity, or not known. */
export function converted(value: number, from: Scale, ucum: string): number | undefined {
  const to = OF_SERIES.get(ucum);
  if (to?.quantity !== from.quantity) return undefined;
  return (value * from.times * to.over) / (from.over * to.times);
}
