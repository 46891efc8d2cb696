import { describe, expect, it } from '@jest/globals';
import type { Attributes } from '@opentelemetry/api';
import fc from 'fast-check';
import { interned } from './interned.ts';

const key = fc.constantFrom('a', 'b', 'c', '', '0', '1', '10', 'constructor', '__proto__', 'toJSON');
const leaf = fc.constantFrom<unknown>(
  '',
  'x',
  '1',
  'null',
  '["x"]',
  0,
  -0,
  1,
  1.5,
  Number.NaN,
  Infinity,
  -Infinity,
  true,
  false,
  null,
  undefined,
);
const value = fc.oneof(
  { weight: 8, arbitrary: leaf },
  { weight: 1, arbitrary: fc.array(leaf, { maxLength: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>({}, { x: 1 }, new Date(0), Symbol.iterator, isNaN) },
);
const entries = fc.uniqueArray(fc.tuple(key, value), { maxLength: 4, selector: ([name]) => name });
/** How the attributes come to be. */
const shape = fc.constantFrom('literal', 'null-prototype', 'frozen', 'inherited', 'getters', 'proxy', 'symbols');

function built(pairs: readonly (readonly [string, unknown])[], how: string): Attributes {
  const plain = Object.fromEntries(pairs) as Attributes;
  switch (how) {
    case 'null-prototype':
      return Object.defineProperties(Object.create(null) as Attributes, Object.getOwnPropertyDescriptors(plain));
    case 'frozen':
      return Object.freeze(plain);
    case 'inherited':
      return Object.create({ a: 'x', inherited: 1 }, Object.getOwnPropertyDescriptors(plain)) as Attributes;
    case 'getters':
      return Object.defineProperties(
        {},
        Object.fromEntries(pairs.map(([name, content]) => [name, { get: () => content, enumerable: true }])),
      ) as Attributes;
    case 'proxy':
      return new Proxy(plain, {});
    case 'symbols':
      return Object.assign(plain, { [Symbol('hidden')]: 1 });
    default:
      return plain;
  }
}

describe('the interner', () => {
  it('finds the same exactly where the canonical key is the same', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(entries, shape, fc.nat(3)), { maxLength: 40 }), fc.integer({ min: 1, max: 40 }), (calls, mostNodes) => {
        const { interner, expected } = interned(mostNodes);
        for (const [pairs, how, repeats] of calls)
          for (let i = 0; i <= repeats; i++)
            expect(interner.get(built(pairs, how))).toBe(expected(Object.fromEntries(pairs) as Attributes));
      }),
      { numRuns: 500 },
    );
  });

  it('does so for objects that are changed after the call', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value, fc.boolean()), { maxLength: 60 }), (changes) => {
        const { interner, expected } = interned();
        const attributes: Attributes = Object.create(null) as Attributes;
        for (const [name, content, isRemoved] of changes) {
          if (isRemoved) delete attributes[name];
          else attributes[name] = content as string;
          expect(interner.get(attributes)).toBe(expected({ ...attributes }));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does so for long runs, with the comparison to the last call on and off', () => {
    const { interner, expected } = interned(200);
    const names = ['method', 'route', 'status', '7', ''];
    const contents = ['GET', '', 200, '200', true, undefined, null, Number.NaN, -0, 0, 1.5];
    let seed = 1;
    const below = (n: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * n);
    };
    let attributes: Attributes = {};
    for (let call = 0; call < 100_000; call++) {
      // Phases of repetition and of change.
      if ((call >> 9) % 2 === 0 || below(400) === 0) {
        attributes = {};
        for (let i = below(4); i > 0; i--) attributes[names[below(names.length)]!] = contents[below(contents.length)] as string;
      }
      if (interner.get({ ...attributes }) !== expected(attributes)) throw new Error(`wrong for ${JSON.stringify(attributes)}`);
    }
  });
});
