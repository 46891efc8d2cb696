import { describe, expect, it } from '@jest/globals';
import type { Attributes } from '@opentelemetry/api';
import { Interner } from '../../src/attributes/interner.ts';
import { interned } from './interned.ts';

/** As JavaScript has them, which knows no types. */
function anything(value: unknown): Attributes {
  return value as Attributes;
}

describe('attributes that are the same', () => {
  it.each<[string, unknown, unknown]>([
    ['in another order', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['from another place', { a: 'x' }, JSON.parse('{"a":"x"}')],
    ['frozen', { a: 'x' }, Object.freeze({ a: 'x' })],
    ['without a prototype', { a: 'x' }, Object.assign(Object.create(null), { a: 'x' })],
    ['that inherit', { a: 'x' }, Object.assign(Object.create({ b: 'y' }), { a: 'x' })],
    [
      'of a class',
      { a: 'x' },
      new (class {
        a = 'x';
      })(),
    ],
    ['with symbols', { a: 'x' }, { a: 'x', [Symbol('b')]: 1 }],
    [
      'with a getter',
      { a: 'x' },
      {
        get a() {
          return 'x';
        },
      },
    ],
    ['behind a proxy', { a: 'x', b: 1 }, new Proxy({ b: 1, a: 'x' }, {})],
    ['-0', { a: 0 }, { a: -0 }],
    ['what JSON has no word for', { a: null }, { a: Number.NaN }],
    ['nothing', { a: undefined }, { a: null }],
    ['infinite', { a: Infinity }, { a: null }],
    ['equal arrays', { a: [1, 'x'] }, { a: [1, 'x'] }],
    ['keys like numbers', { 1: 'x', a: 2 }, { a: 2, '1': 'x' }],
    ['no attributes', {}, undefined],
    ['null', {}, null],
    ['an empty array', {}, []],
  ])('have the same: %s', (_, one, other) => {
    const { interner, expected } = interned();
    for (let i = 0; i < 3; i++) {
      expect(interner.get(anything(one))).toBe(expected(anything(one)));
      expect(interner.get(anything(other))).toBe(interner.get(anything(one)));
    }
  });
});

describe('attributes that differ', () => {
  it.each<[string, unknown, unknown]>([
    ['in a value', { a: 'x' }, { a: 'y' }],
    ['in a type', { a: 1 }, { a: '1' }],
    ['in a type of logic', { a: true }, { a: 'true' }],
    ['in a key', { a: 'x' }, { b: 'x' }],
    ['by one more', { a: 'x' }, { a: 'x', b: 'y' }],
    ['by one less', { a: 'x', b: 'y' }, { a: 'x' }],
    ['empty and not', {}, { '': '' }],
    ['an empty text and nothing', { a: '' }, { a: undefined }],
    ['what is inherited and what is not', Object.create({ a: 'x' }), { a: 'x' }],
    ['what is inherited besides', Object.assign(Object.create({ b: 'y' }), { a: 'x' }), { a: 'x', b: 'y' }],
    ['arrays', { a: [1, 2] }, { a: [2, 1] }],
    ['an array and its text', { a: ['x'] }, { a: '["x"]' }],
    ['values that change places', { a: 'x', b: 'y' }, { a: 'y', b: 'x' }],
    ['a key like that of a prototype', JSON.parse('{"__proto__":"x"}'), {}],
    ['nested', { a: { b: 1 } }, { a: { b: 2 } }],
  ])('do not have the same: %s', (_, one, other) => {
    const { interner, expected } = interned();
    for (let i = 0; i < 3; i++) {
      expect(interner.get(anything(one))).toBe(expected(anything(one)));
      expect(interner.get(anything(other))).toBe(expected(anything(other)));
    }
    expect(interner.get(anything(one))).not.toBe(interner.get(anything(other)));
  });
});

describe('an interner', () => {
  it('goes by the values at the time of the call', () => {
    const { interner, expected } = interned();
    const attributes: Attributes = { a: 1, b: [1] };
    for (let i = 0; i < 300; i++) {
      attributes['a'] = i % 3;
      (attributes['b'] as number[])[0] = i % 2;
      expect(interner.get(attributes)).toBe(expected({ a: i % 3, b: [i % 2] }));
    }
  });

  it('takes a getter that never says the same at its word', () => {
    let reads = 0;
    const attributes = {
      get a(): number {
        return Math.floor(++reads / 10) % 3;
      },
    };
    const { interner } = interned();
    for (let i = 0; i < 200; i++) {
      const before = Math.floor((reads + 1) / 10);
      const { key } = interner.get(attributes) as { key: string };
      const after = Math.floor(reads / 10);
      expect([before % 3, after % 3].map((value) => `[["a",${value}]]`)).toContain(key);
    }
    for (const a of [0, 1, 2, 7]) expect(interner.get({ a })).toEqual({ key: `[["a",${a}]]` });
  });

  it('asks once for attributes in one order', () => {
    const { interner, resolved } = interned();
    for (let i = 0; i < 1000; i++) interner.get({ method: i % 2 === 0 ? 'GET' : 'PUT', status: 200 + (i % 5) });
    expect(resolved).toHaveLength(10);
    expect(new Set(resolved).size).toBe(10);
  });

  it('asks each time for what it cannot compare', () => {
    const { interner, resolved } = interned();
    for (let i = 0; i < 5; i++) interner.get({ a: ['x'] });
    expect(resolved).toHaveLength(5);
  });

  it('gives the owner a copy, and what the owner makes of it is of no matter', () => {
    const interner = new Interner((attributes) => {
      const key = JSON.stringify(attributes);
      attributes['a'] = 'other';
      return { key };
    });
    const mine = { a: 'x' };
    expect([interner.get(mine), interner.get(mine), interner.get({ a: 'other' }), mine]).toEqual([
      { key: '{"a":"x"}' },
      { key: '{"a":"x"}' },
      { key: '{"a":"other"}' },
      { a: 'x' },
    ]);
  });

  it('finds what it has resolved, and resolves nothing for that', () => {
    const { interner, resolved } = interned();
    for (const attributes of [undefined, {}, { a: 1 }, { a: ['x'] }]) expect(interner.find(attributes)).toBeUndefined();
    expect(resolved).toEqual([]);
    const [none, one] = [interner.get(undefined), interner.get({ a: 1 })];
    for (let i = 0; i < 200; i++) {
      expect([interner.find({}), interner.find(null), interner.find({ a: 1 })]).toEqual([none, none, one]);
      expect(interner.find({ a: 2 })).toBeUndefined();
    }
    interner.get({ b: ['x'] });
    expect(interner.find({ b: ['x'] })).toBeUndefined();
    expect(resolved).toHaveLength(3);
  });

  it('remembers a bounded number, and is right beyond it', () => {
    const { interner, expected, resolved } = interned(50);
    for (let round = 0; round < 2; round++)
      for (let id = 0; id < 1000; id++) expect(interner.get({ id, kind: 'x' })).toBe(expected({ id, kind: 'x' }));
    expect(resolved).toHaveLength(2000);
    for (let i = 0; i < 10; i++) interner.get({ id: 999, kind: 'x' });
    expect(resolved).toHaveLength(2000);
  });

  it('is right for more attributes than it remembers, and for any number of keys', () => {
    const { interner, expected } = interned(8);
    const wide = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`key${i}`, i]));
    for (let i = 0; i < 3; i++) expect(interner.get({ ...wide })).toBe(expected(wide));
    for (let i = 0; i < 200; i++) expect(interner.get({ [`only${i % 100}`]: 1 })).toBe(expected({ [`only${i % 100}`]: 1 }));
    const keys = interned();
    for (let i = 0; i < 200; i++) expect(keys.interner.get({ [`only${i % 100}`]: 1 })).toBe(keys.expected({ [`only${i % 100}`]: 1 }));
  });

  it('throws what the owner throws, and is none the worse for it', () => {
    const { interner, expected } = interned();
    expect(() => interner.get(anything({ a: 1n }))).toThrow(TypeError);
    expect(() =>
      interner.get(
        anything({
          get a() {
            throw new Error('no');
          },
        }),
      ),
    ).toThrow('no');
    expect(interner.get({ a: 1 })).toBe(expected({ a: 1 }));
  });

  it.each([0, -1, 1.5, Number.NaN])('does not take %p nodes', (mostNodes) => {
    expect(() => new Interner(() => ({}), { mostNodes })).toThrow(new RangeError(`mostNodes must be an integer from 1, not ${mostNodes}`));
  });
});

describe('a getter that asks for others itself', () => {
  const interner = new Interner((attributes) => ({ ...attributes }));
  const others = { a: '3', b: '4' };
  for (const attributes of [{ a: '1', b: '2' }, { a: '1', b: '4' }, { a: '3', b: '2' }, others]) interner.get(attributes);
  const asking = (b: string): Attributes => ({
    a: '1',
    get b() {
      interner.get(others);
      return b;
    },
  });

  it('in the middle of a walk leaves no way behind that was not gone', () => {
    interner.get({ a: '3', b: '2' });
    expect(interner.get(asking('2'))).toEqual({ a: '1', b: '2' });
    expect(interner.get({ a: '3', b: '2' })).toEqual({ a: '3', b: '2' });
  });

  it('in the middle of a comparison is not taken for the others', () => {
    interner.get({ a: '1', b: '2' });
    expect(interner.get(asking('4'))).toEqual({ a: '1', b: '4' });
  });
});
