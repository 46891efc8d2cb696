import type { Attributes } from '@opentelemetry/api';
import { canonicalKey } from '../../src/attributes/canonical.ts';
import { Interner } from '../../src/attributes/interner.ts';

/** What the owner of an interner does: one object for each canonical key. */
export interface Interned {
  readonly interner: Interner<object>;
  /** Keys that were asked for, one for each time. */
  readonly resolved: string[];
  /** What belongs to attributes, without the interner. */
  expected(attributes: Attributes | undefined): object;
}

export function interned(mostNodes?: number): Interned {
  const known = new Map<string, object>();
  const resolved: string[] = [];
  const expected = (attributes: Attributes | undefined): object => {
    const key = canonicalKey(attributes ?? {});
    const one = known.get(key) ?? { key };
    known.set(key, one);
    return one;
  };
  const interner = new Interner<object>(
    (attributes) => {
      resolved.push(canonicalKey(attributes));
      return expected(attributes);
    },
    mostNodes === undefined ? {} : { mostNodes },
  );
  return { interner, resolved, expected };
}
