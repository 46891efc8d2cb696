import type { SeriesKind } from '../model/picture.ts';

interface TypeTraits {
  readonly kind: SeriesKind;
  /** UCUM. Events are recorded in it. */
  readonly unit: string;
}

/** What the types of otel-perf's metrics mean (docs/architecture.md, "What maps onto what"). */
const TYPES = new Map<string, TypeTraits>([
  ['time', { kind: 'distribution', unit: 's' }],
  ['throughput', { kind: 'gauge', unit: '{item}/s' }],
  ['memory', { kind: 'gauge', unit: 'By' }],
  ['counter', { kind: 'counter', unit: '' }],
  ['ratio', { kind: 'gauge', unit: '1' }],
  ['percentage', { kind: 'gauge', unit: '%' }],
  ['custom', { kind: 'gauge', unit: '' }],
]);

/** `undefined` for a word that is no type of ours. */
export function traitsOfType(type: string): TypeTraits | undefined {
  return TYPES.get(type);
}
