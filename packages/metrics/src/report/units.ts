/** Quantities that print in a readable unit; anything else keeps its own. */
type Quantity = 'seconds' | 'bytes' | 'rate' | 'percent' | 'ratio' | 'plain';

/** What a UCUM unit measures, and how many of its base unit it is. */
const UNITS = new Map<string, readonly [Quantity, number]>(
  Object.entries({
    ns: ['seconds', 1e-9],
    us: ['seconds', 1e-6],
    ms: ['seconds', 1e-3],
    s: ['seconds', 1],
    min: ['seconds', 60],
    h: ['seconds', 3600],
    d: ['seconds', 86_400],
    By: ['bytes', 1],
    KiBy: ['bytes', 1024],
    MiBy: ['bytes', 1024 ** 2],
    GiBy: ['bytes', 1024 ** 3],
    kBy: ['bytes', 1e3],
    MBy: ['bytes', 1e6],
    GBy: ['bytes', 1e9],
    '{item}/s': ['rate', 1],
    '%': ['percent', 1],
    '1': ['ratio', 1],
  }),
);

const SECONDS: readonly Step[] = [
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
  [1e-9, 'ns'],
];
const BYTES: readonly Step[] = [
  [1024 ** 4, 'TiB'],
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
  [1, 'B'],
];
const COUNTS: readonly Step[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e4, 'k', 1e3],
  [1, ''],
];

/** From `from` on, a value prints in units of `size`, which is `from` unless it is given. */
type Step = readonly [from: number, suffix: string, size?: number];

/** `value` in a unit that a person reads easily: `1.25 ms`, `3.1 MiB`, `12.4k ops/s`, `85 %`. Three significant digits. */
export function formatValue(value: number | undefined, unit: string): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  const [quantity, factor] = UNITS.get(unit) ?? (['plain', 1] as const);
  const base = value * factor;
  if (quantity === 'seconds') return scaled(base, SECONDS, ' ');
  if (quantity === 'bytes') return scaled(base, BYTES, ' ');
  if (quantity === 'rate') return `${scaled(base, COUNTS, '')} ops/s`;
  if (quantity === 'percent') return `${digits(base)} %`;
  return scaled(base, COUNTS, '');
}

/** A whole number with its thousands apart. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

function scaled(value: number, steps: readonly Step[], space: string): string {
  if (value === 0) return `0${space}${steps.at(-1)![1]}`.trim();
  const size = Math.abs(value);
  // A value that rounds up to the next unit is printed in that unit: 1 s, not 1000 ms.
  const rounded = Number(size.toPrecision(3));
  const [from, suffix, divisor = from] = steps.find(([least]) => rounded >= least) ?? steps.at(-1)!;
  return `${digits(value / divisor)}${space}${suffix}`.trim();
}

function digits(value: number): string {
  const size = Math.abs(value);
  if ((size !== 0 && size < 1e-3) || size >= 1e6) return value.toExponential(2);
  if (size >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}
