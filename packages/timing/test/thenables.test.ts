import { describe, expect, test } from '@jest/globals';
import { timeFunction } from '../src/index.ts';
import { bench, settled } from './support/collector.ts';

/* oxlint-disable unicorn/no-thenable, promise/valid-params -- what is tested */

function setup(): { timed: ReturnType<typeof timeFunction>; log: () => string[] } {
  const { collector, log } = bench();
  return { timed: timeFunction('op', { collector }), log };
}

describe('a thenable', () => {
  test('is returned itself, and recorded once, when it first settles', async () => {
    const { timed, log } = setup();
    const query = { then: (fulfilled: (value: number) => void) => fulfilled(1) };
    const returned = timed(function find() {
      return query;
    })();
    expect(returned).toBe(query);
    expect(log()).toEqual([]);
    expect(await returned).toBe(1);
    expect(await returned).toBe(1);
    expect(log()).toEqual(['find op_time']);
  });

  test('that nobody awaits is not recorded', async () => {
    const { timed, log } = setup();
    timed(() => ({ then() {} }))();
    await settled();
    expect(log()).toEqual([]);
  });

  test('shows no trace: no key more, and after it has settled no property more', async () => {
    const { timed } = setup();
    class Query {
      then(fulfilled: (value: number) => void): void {
        fulfilled(1);
      }
    }
    const query = timed(() => new Query())();
    expect(Object.keys(query)).toEqual([]);
    await query;
    expect(Reflect.ownKeys(query)).toEqual([]);
  });

  test('rejects with the same reason, and is recorded as failed', async () => {
    const { timed, log } = setup();
    const reason = new RangeError('no rows');
    const find = timed(function find() {
      return { then: (_: unknown, rejected: (reason: unknown) => void) => rejected(reason) } as PromiseLike<never>;
    });
    await expect(Promise.resolve(find())).rejects.toBe(reason);
    expect(log()).toEqual(['find op_time error.type=RangeError']);
  });

  test('whose `then` throws fails the same way', async () => {
    const { timed, log } = setup();
    const reason = new SyntaxError('bad query');
    const find = timed(function find() {
      return {
        then() {
          throw reason;
        },
      } as PromiseLike<never>;
    });
    expect(() => find().then()).toThrow(reason);
    expect(log()).toEqual(['find op_time error.type=SyntaxError']);
  });

  test('gets receiver, arguments and all values of callbacks as ever', () => {
    const { timed } = setup();
    const calls: unknown[] = [];
    const query = {
      then(...callbacks: ((...values: number[]) => unknown)[]) {
        calls.push(this, callbacks.length);
        return callbacks[0]!(1, 2, 3);
      },
    };
    const result = (timed(() => query)() as typeof query).then((...values) => values, Boolean, Boolean);
    expect(result).toEqual([1, 2, 3]);
    expect(calls).toEqual([query, 3]);
  });

  test('that is frozen is timed to its return', () => {
    const { timed, log } = setup();
    const query = Object.freeze({ then() {} });
    expect(timed(() => query)() === query).toBe(true);
    expect(log()).toHaveLength(1);
  });

  test('that is returned again and again is watched once', async () => {
    const { timed, log } = setup();
    const query = { then: (fulfilled: (value: number) => void) => fulfilled(1) };
    const find = timed(() => query);
    for (let i = 0; i < 20_000; i++) find();
    expect(await find()).toBe(1);
    expect(log()).toHaveLength(20_001);
  });

  test('that a fluent method returns as its `this` is timed to the return', () => {
    const { timed, log } = setup();
    const query = {
      then() {},
      where: timed(function (this: object) {
        return this;
      }),
    };
    expect(query.where() === query).toBe(true);
    expect(log()).toHaveLength(1);
  });
});

describe('a promise', () => {
  test('of a subclass stays that promise', async () => {
    const { timed, log } = setup();
    class SubPromise<T> extends Promise<T> {}
    const promise = SubPromise.resolve(3);
    const returned = timed(() => promise)();
    expect(returned).toBe(promise);
    expect(await returned).toBe(3);
    expect(log()).toHaveLength(1);
  });

  test('with methods of its client keeps them', async () => {
    const { timed } = setup();
    const request = timed(() => Object.assign(Promise.resolve('{"a":1}'), { json: async () => ({ a: 1 }) }));
    expect(await request().json()).toEqual({ a: 1 });
    expect(await request()).toBe('{"a":1}');
  });

  test('is recorded once it settles', async () => {
    const { timed, log } = setup();
    const { promise, resolve } = Promise.withResolvers<number>();
    const returned = timed(function load() {
      return promise;
    })();
    await settled();
    expect(log()).toEqual([]);
    resolve(1);
    await returned;
    expect(log()).toEqual(['load op_time']);
  });
});

describe('a promise', () => {
  test('with a prototype of its own keeps its methods', async () => {
    const { timed, log } = setup();
    const prototype = Object.assign(Object.create(Promise.prototype) as Promise<number>, { hello: () => 'hello' });
    const made = Object.setPrototypeOf(Promise.resolve(1), prototype) as typeof prototype;
    const returned = timed(function find() {
      return made;
    })();
    expect(returned.hello()).toBe('hello');
    expect(await returned).toBe(1);
    expect(log()).toEqual(['find op_time']);
  });

  test('keeps what hangs on it: own enumerable properties with string keys', async () => {
    const { timed } = setup();
    const returned = timed(() => Object.assign(Promise.resolve(1), { json: () => 'json' }))();
    expect(returned.json()).toBe('json');
    expect(await returned).toBe(1);
  });
});
