import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { globToRegExp } from '../../src/filter/glob.ts';

type Part =
  | { kind: 'star' }
  | { kind: 'any' }
  | { kind: 'literal'; text: string }
  | { kind: 'set'; negated: boolean; members: string[]; ranges: [string, string][] };

/** Matches parts of a pattern by trying every way; knows nothing of regular expressions. */
function naiveMatch(parts: readonly Part[], text: readonly string[]): boolean {
  const [part, ...rest] = parts;
  if (part === undefined) return text.length === 0;
  if (part.kind === 'star') return text.concat('').some((_, i) => naiveMatch(rest, text.slice(i)));
  const [first, ...others] = text;
  if (first === undefined) return false;
  const code = first.codePointAt(0)!;
  const fits =
    part.kind === 'any' ||
    (part.kind === 'literal' && part.text === first) ||
    (part.kind === 'set' &&
      (part.members.includes(first) || part.ranges.some(([a, b]) => code >= a.codePointAt(0)! && code <= b.codePointAt(0)!)) !==
        part.negated);
  return fits && naiveMatch(rest, others);
}

function write(part: Part): string {
  if (part.kind === 'star') return '*';
  if (part.kind === 'any') return '?';
  if (part.kind === 'literal') return part.text;
  return `[${part.negated ? '!' : ''}${part.members.join('')}${part.ranges.map(([a, b]) => `${a}-${b}`).join('')}]`;
}

// Few characters, so that patterns match often; among them what a regular expression reads as its own, a line break and a pair of surrogates.
const character = fc.constantFrom('a', 'b', 'c', 'A', '.', '^', '$', '(', ')', '{', '}', '|', '+', '\\', '/', '\n', '😀', 'é', '1');
const part: fc.Arbitrary<Part> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('literal' as const), text: character }) },
  { weight: 2, arbitrary: fc.constantFrom<Part>({ kind: 'star' }, { kind: 'any' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      negated: fc.boolean(),
      members: fc.array(character, { minLength: 1, maxLength: 3 }),
      ranges: fc.array(fc.tuple(character, character), { maxLength: 2 }),
    }),
  },
);
const text = fc.array(character, { maxLength: 6 });

describe('shell wildcards', () => {
  test('match as a naive matcher does', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), text, (parts, characters) => {
        expect(globToRegExp(parts.map(write).join('')).test(characters.join(''))).toBe(naiveMatch(parts, characters));
      }),
      { numRuns: 1000 },
    );
  });

  test('match the text that a pattern was made from', () => {
    const shared = fc.array(fc.tuple(character, fc.constantFrom('same', '?', '*', 'set')), { maxLength: 10 });
    fc.assert(
      fc.property(shared, (pieces) => {
        const pattern = pieces.map(([c, how]) => (how === 'same' ? c : how === 'set' ? `[${c}]` : how)).join('');
        const matched = pieces.map(([c]) => c).join('');
        expect(globToRegExp(pattern).test(matched)).toBe(true);
      }),
    );
  });

  test('any text is a pattern, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (pattern, candidate) => {
        expect(typeof globToRegExp(pattern).test(candidate)).toBe('boolean');
      }),
    );
  });
});

test.each([
  ['[]a]', ']', true],
  ['[]a]', 'a', true],
  ['[!]a]', ']', false],
  ['[!]a]', 'b', true],
  ['[a-]', '-', true],
  ['[-a]', '-', true],
  ['[a-c-e]', 'd', false],
  ['[a-c-e]', '-', true],
  ['[z-a]', 'm', false],
  ['[!z-a]', 'm', true],
  ['[ab', '[ab', true],
  ['[ab', 'a', false],
  ['[]', '[]', true],
  ['[!]', '[!]', true],
  ['[^a]', '^', true],
  ['[\\d]', '5', false],
  ['Name', 'name', false],
  ['name', 'names', false],
  ['*', '', true],
  ['?', '', false],
  ['?', '😀', true],
])('%p against %p: %p, as in fnmatch.fnmatchcase', (pattern, candidate, expected) =>
  expect(globToRegExp(pattern).test(candidate)).toBe(expected),
);

test('a pattern of many stars does not backtrack without end', () => {
  expect(globToRegExp(`${'*a'.repeat(25)}*b`).test('a'.repeat(5000))).toBe(false);
  expect(globToRegExp(`${'*a'.repeat(25)}*b`).test(`${'a'.repeat(5000)}b`)).toBe(true);
});
