import type { Attributes } from '@opentelemetry/api';

/** The SDK hands out the same attributes object for a series at each collection, so most keys are made once. */
const keys = new WeakMap<Attributes, string>();

/** A text that attributes share exactly when they are equal. */
export function attributesKey(attributes: Attributes): string {
  let key = keys.get(attributes);
  if (key === undefined) {
    key = JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
    keys.set(attributes, key);
  }
  return key;
}
