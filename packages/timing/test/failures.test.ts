import { describe, expect, test } from '@jest/globals';
import { timeBlock, timeFunction } from '../src/index.ts';
import { bench } from './support/collector.ts';

function typesOf(...thrown: unknown[]): unknown[] {
  const { collector, metrics } = bench();
  const fail = timeFunction('op', { collector })((error: unknown) => {
    throw error;
  });
  for (const error of thrown) {
    try {
      fail(error);
    } catch {
      // Goes through, as other tests see to.
    }
  }
  return metrics().map(({ tags }) => tags['error.type']);
}

describe('error.type', () => {
  class QueryError extends Error {}

  test.each([
    ['the name of an error', new RangeError('x'), 'RangeError'],
    ['the class of one that is named Error', new QueryError('x'), 'QueryError'],
    ['the code of a plain one', Object.assign(new Error('x'), { code: 'ENOENT' }), 'ENOENT'],
    ['not a code that is no word', Object.assign(new Error('x'), { code: 'user 42 not found' }), 'Error'],
    ['Error for a plain one', new Error('x'), 'Error'],
    ['the name of an aborting', new DOMException('x', 'AbortError'), 'AbortError'],
    ['the type of what is no object', 'text', 'string'],
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['_OTHER for what has no name', Object.create(null), '_OTHER'],
    ['_OTHER for a name that is much too long', { name: 'x'.repeat(1000), constructor: 1 }, '_OTHER'],
  ])('is %s', (_what, error, type) => {
    expect(typesOf(error)).toEqual([type]);
  });

  test('is _OTHER for an error that cannot be read', () => {
    const unreadable = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    expect(typesOf(unreadable)).toEqual(['_OTHER']);
  });

  test('has at most 20 values at one site, and _OTHER for all that come later', () => {
    const errors = Array.from({ length: 30 }, (_, i) => Object.assign(new Error('x'), { name: `Error${i}` }));
    const types = typesOf(...errors, errors[0]);
    expect(new Set(types).size).toBe(21);
    expect(types.slice(20)).toEqual([...Array<string>(10).fill('_OTHER'), 'Error0']);
  });

  test('is bounded for blocks of one name too', () => {
    const { collector, metrics } = bench();
    for (let i = 0; i < 30; i++)
      timeBlock('block', { collector, attributes: { i: 1 } }).fail(Object.assign(new Error('x'), { name: `Error${i}` }));
    for (let i = 0; i < 30; i++) {
      using block = timeBlock('block', { collector, attributes: { i: 1 } });
      block.fail(Object.assign(new Error('x'), { name: `Error${i}` }));
    }
    expect(new Set(metrics().map(({ tags }) => tags['error.type'])).size).toBe(21);
  });
});

test('calls that fail are recorded beside those that do not, in one metric', async () => {
  const { collector, log } = bench();
  const load = timeFunction('load', { collector })(async (ok: boolean) => {
    if (!ok) throw new TypeError('no');
  });
  await load(true);
  await expect(load(false)).rejects.toThrow('no');
  expect(log()).toEqual(['anonymous load_time', 'anonymous load_time error.type=TypeError']);
  expect(collector.getMetricStats('load_time')?.count).toBe(2);
});
