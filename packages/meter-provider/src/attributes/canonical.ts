import type { Attributes } from '@opentelemetry/api';

/** The same text for attributes that the SDK takes for the same: whatever their order. */
export function canonicalKey(attributes: Attributes): string {
  const keys = Object.keys(attributes);
  if (keys.length === 0) return '';
  if (keys.length > FEW) keys.sort();
  else sortFew(keys);
  return JSON.stringify(keys.map((key) => [key, attributes[key]]));
}

/** Above this, time counts for more than memory. */
const FEW = 32;

/** By insertion: `Array.prototype.sort` takes more memory than all else that becomes of a new series. */
function sortFew(keys: string[]): void {
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i]!;
    let at = i;
    for (; at > 0 && keys[at - 1]! > key; at--) keys[at] = keys[at - 1]!;
    keys[at] = key;
  }
}

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0],
]);

/** Attributes as JSON keeps them, numbers included that JSON has no word for. */
export function attributesToJson(attributes: Attributes): unknown {
  return Object.entries(attributes).map(([key, value]) => [key, Array.isArray(value) ? value.map(toJson) : toJson(value)]);
}

/** The reverse of `attributesToJson`. */
export function attributesFromJson(json: unknown): Attributes {
  const entries = (json as [string, unknown][]).map(([key, value]) => [key, Array.isArray(value) ? value.map(fromJson) : fromJson(value)]);
  return Object.fromEntries(entries) as Attributes;
}

function toJson(value: unknown): unknown {
  if (value === undefined) return { special: 'undefined' };
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return { special: Object.is(value, -0) ? '-0' : String(value) };
  return value;
}

function fromJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('special' in value)) return value;
  return NUMBERS.get(String(value.special));
}
