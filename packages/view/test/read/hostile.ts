import fc from 'fast-check';

const pieces = [
  '\n',
  '\r',
  '\t',
  '\u001b',
  '"',
  "'",
  ',',
  ';',
  '=',
  '+',
  '@',
  '\\',
  '\\n',
  '{',
  '}',
  '#',
  ' ',
  '😀',
  'é',
  '＝',
  '__proto__',
];

/** Text that breaks parsers: separators, quotes, escapes, control characters, formulas. Well-formed, as UTF-8 is. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', minLength: 1, maxLength: 2 })), { maxLength: 6 })
  .map((parts) => parts.join('').toWellFormed());

export const hostileTags: fc.Arbitrary<Record<string, string | number | boolean>> = fc.dictionary(
  fc.oneof(hostileText, fc.constantFrom('__proto__', 'constructor', '0')),
  fc.oneof(hostileText, fc.boolean(), fc.integer()),
  { maxKeys: 3 },
);
