import { expect, test } from '@jest/globals';
import { SeriesIds } from '../../src/text/family/series-ids.ts';

test('ids of one hash are told apart, and equal ones are found', () => {
  // A pair is searched for: the hash is FNV-1a, as SeriesIds has it.
  const byHash = new Map<number, string>();
  let pair: [string, string] | undefined;
  for (let i = 0; pair === undefined; i++) {
    const text = `k="${i}"`;
    let value = 0x811c9dc5 | 0;
    for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
    const other = byHash.get(value);
    if (other !== undefined) pair = [other, text];
    byHash.set(value, text);
  }
  const ids = new SeriesIds<{ readonly id: string }>(({ id }) => id);
  for (const id of pair) expect(ids.add(id, { id })).toBe(true);
  for (const id of pair) expect(ids.add(id, { id })).toBe(false);
});
