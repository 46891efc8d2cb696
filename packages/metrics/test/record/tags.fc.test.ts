import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { copyTags, tagsKey } from '../../src/record/tags.ts';

const key = fc.oneof(fc.constantFrom('a', 'b', '1', '10', '', '__proto__', 'a,b', '"'), fc.string({ unit: 'binary', maxLength: 3 }));
const value = fc.oneof(
  fc.constantFrom<unknown>('a', '1', 1, 0, true, 'true', '', null, undefined, NaN, Infinity, [], {}),
  fc.string(),
  fc.double(),
);
const entries = fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 5 });

/** The entries that are tags, as a set of texts that tell type and value. */
function meaning(all: readonly (readonly [string, unknown])[]): Set<string> {
  const tags = all.filter(([, each]) => typeof each === 'string' || typeof each === 'boolean' || Number.isFinite(each));
  return new Set(tags.map(([name, each]) => JSON.stringify([name, typeof each, each])));
}

const same = (a: Set<string>, b: Set<string>) => a.size === b.size && [...a].every((each) => b.has(each));

test('keys are equal exactly when keys and values are, in whatever order they were given', () => {
  const pair = fc.oneof(
    fc.tuple(entries, entries),
    entries.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
    entries.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all))),
  );
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const keys = [a, b].map((all) => tagsKey(copyTags(Object.fromEntries(all))));
      expect(keys[0] === keys[1]).toBe(same(meaning(a), meaning(b)));
    }),
    { numRuns: 1000 },
  );
});

test('a copy holds what was given, less what is no tag, and cannot be changed', () => {
  fc.assert(
    fc.property(entries, (all) => {
      const copy = copyTags(Object.fromEntries(all));
      expect(meaning(Object.entries(copy))).toEqual(meaning(all));
      expect(Object.keys(copy)).toHaveLength(meaning(all).size);
      expect(Object.isFrozen(copy)).toBe(true);
    }),
  );
});
