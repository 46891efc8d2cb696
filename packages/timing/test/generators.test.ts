import { describe, expect, test } from '@jest/globals';
import { timeFunction } from '../src/index.ts';
import { bench } from './support/collector.ts';

function setup(): ReturnType<typeof bench> & { timed: ReturnType<typeof timeFunction> } {
  const own = bench();
  return { ...own, timed: timeFunction('op', { collector: own.collector }) };
}

const itemsOf = ({ metrics }: ReturnType<typeof bench>): number | undefined => metrics().find(({ name }) => name === 'op_items')?.value;

describe('a generator', () => {
  function* count(to: number): Generator<number, string, string | undefined> {
    for (let i = 0; i < to; i++) yield i;
    return 'done';
  }

  test('yields, returns and is recorded at its end, its items counted', () => {
    const own = setup();
    const generator = own.timed(count)(3);
    expect(own.log()).toEqual([]);
    expect([...generator]).toEqual([0, 1, 2]);
    expect(own.log()).toEqual(['count op_time', 'count op_items']);
    expect(itemsOf(own)).toBe(3);
    expect(generator.next()).toEqual({ value: undefined, done: true });
    expect(own.log()).toHaveLength(2);
  });

  test('is the same kind of object, with no key more, and no property once it is done', () => {
    const { timed } = setup();
    const timedCount = timed(count);
    const generator = timedCount(1);
    expect(generator).toBeInstanceOf(count);
    expect(generator).toBeInstanceOf(timedCount);
    expect(generator[Symbol.iterator]()).toBe(generator);
    expect(Object.keys(generator)).toEqual([]);
    expect([generator.next.length, generator.next.name]).toEqual([1, 'next']);
    expect([...generator]).toEqual([0]);
    expect(Reflect.ownKeys(generator)).toEqual([]);
  });

  test('takes values in, and delegates', () => {
    const { timed } = setup();
    const echo = timed(function* (): Generator<unknown, string, string> {
      const first = yield 'ready';
      return `${first} ${String(yield* count(1))}`;
    });
    const generator = echo();
    expect([generator.next('ignored'), generator.next('got'), generator.next('x')]).toEqual([
      { value: 'ready', done: false },
      { value: 0, done: false },
      { value: 'got done', done: true },
    ]);
  });

  test('that is left early is recorded', () => {
    const own = setup();
    for (const value of own.timed(count)(10)) if (value === 1) break;
    expect(own.log()).toEqual(['count op_time', 'count op_items']);
    expect(itemsOf(own)).toBe(2);
  });

  test('that goes on after return() is recorded when it is done', () => {
    const own = setup();
    const stubborn = own.timed(function* stubborn() {
      try {
        yield 1;
      } finally {
        yield 2;
      }
    })();
    stubborn.next();
    expect(stubborn.return(undefined)).toEqual({ value: 2, done: false });
    expect(own.log()).toEqual([]);
    expect(stubborn.next()).toEqual({ value: undefined, done: true });
    expect(own.log()).toHaveLength(2);
  });

  test('that throws is recorded as failed', () => {
    const own = setup();
    const error = new RangeError('too far');
    const failing = own.timed(function* failing() {
      yield 1;
      throw error;
    });
    expect(() => [...failing()]).toThrow(error);
    expect(own.log()).toEqual(['failing op_time error.type=RangeError', 'failing op_items error.type=RangeError']);
  });

  test('that is thrown into handles it or fails with it', () => {
    const own = setup();
    const lenient = own.timed(function* lenient() {
      try {
        yield 1;
      } catch (error) {
        yield error;
      }
    })();
    lenient.next();
    expect(lenient.throw('x')).toEqual({ value: 'x', done: false });
    const strict = own.timed(count)(2);
    strict.next();
    expect(() => strict.throw(new Error('in'))).toThrow('in');
    expect(own.log()).toEqual(['count op_time error.type=Error', 'count op_items error.type=Error']);
  });

  test('that is never finished is not recorded', () => {
    const own = setup();
    own.timed(count)(3).next();
    expect(own.log()).toEqual([]);
  });

  test('is still disposable', () => {
    const own = setup();
    {
      using generator = own.timed(count)(3);
      generator.next();
    }
    expect(own.log()).toHaveLength(2);
  });
});

describe('an async generator', () => {
  async function* count(to: number): AsyncGenerator<number, string, unknown> {
    for (let i = 0; i < to; i++) yield i;
    return 'done';
  }

  test('is recorded at its end, its items counted', async () => {
    const own = setup();
    const generator = own.timed(count)(3);
    const values: number[] = [];
    for await (const value of generator) values.push(value);
    expect(values).toEqual([0, 1, 2]);
    expect(own.log()).toEqual(['count op_time', 'count op_items']);
    expect(itemsOf(own)).toBe(3);
    expect(generator).toBeInstanceOf(count);
  });

  test('keeps the order of queued requests', async () => {
    const { timed } = setup();
    const generator = timed(count)(2);
    expect(await Promise.all([generator.next(), generator.next(), generator.next(), generator.next()])).toEqual([
      { value: 0, done: false },
      { value: 1, done: false },
      { value: 'done', done: true },
      { value: undefined, done: true },
    ]);
  });

  test('that is left early, or disposed of, is recorded', async () => {
    const own = setup();
    for await (const value of own.timed(count)(10)) if (value === 1) break;
    expect(itemsOf(own)).toBe(2);
    {
      await using generator = own.timed(count)(3);
      await generator.next();
    }
    expect(own.log()).toHaveLength(4);
  });

  test('that throws, or is thrown into, rejects with the same reason and is recorded as failed', async () => {
    const own = setup();
    const reason = new RangeError('too far');
    const failing = own.timed(async function* failing() {
      yield 1;
      throw reason;
    })();
    await failing.next();
    await expect(failing.next()).rejects.toBe(reason);
    const generator = own.timed(count)(2);
    await generator.next();
    await expect(generator.throw(reason)).rejects.toBe(reason);
    expect(own.log()).toEqual([
      'failing op_time error.type=RangeError',
      'failing op_items error.type=RangeError',
      'count op_time error.type=RangeError',
      'count op_items error.type=RangeError',
    ]);
  });
});
