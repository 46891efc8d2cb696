import fc from 'fast-check';
import type { Tags } from '../../src/model/metric.ts';

const controls = ['\n', '\r', '\t', '\0', '\u001b', '\u2028', '\ufeff', '\ud800', '\udfff'];
const pieces = [...controls, '"', "'", ',', ';', '=', '+', '-', '@', '＝', '＠', '\\', '😀', 'é', '{'];
const unit = fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }));

/** Text that breaks encoders: separators, quotes, control characters, formulas, lone surrogates, emoji. */
export const hostileText = fc.string({ unit, maxLength: 12 });

export const hostileTags: fc.Arbitrary<Tags> = fc.dictionary(
  fc.oneof(hostileText, fc.constantFrom('__proto__', 'constructor', 'toJSON', '0')),
  fc.oneof(
    hostileText,
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
  ),
  { maxKeys: 4 },
);

export const hostileEvent = fc.record({
  name: hostileText,
  source: hostileText,
  tags: hostileTags,
  value: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer().map((n) => n / 1e9),
  ),
  after: fc.double({ min: 0, max: 1e6, noNaN: true }),
});
