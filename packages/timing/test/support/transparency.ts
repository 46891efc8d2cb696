import { describe, expect, test } from '@jest/globals';
import type { AnyFunction, TimingDecorator } from '../../src/index.ts';
import { measureThroughput, timeExecution, timeFunction, trackResourceUsage, type TimingOptions } from '../../src/index.ts';
import { bench } from './collector.ts';

/** One way of wrapping: a function that runs `body`, with its receiver and arguments, and is decorated. */
export type Way = (body: AnyFunction, decorate: TimingDecorator) => AnyFunction;

type Make = (options: TimingOptions) => TimingDecorator;

export const DECORATORS: Record<string, Make> = {
  timeFunction: (options) => timeFunction('op', options),
  'timeFunction with everything': (options) =>
    timeFunction('op', { ...options, attributes: () => ({ a: 1 }), shouldSkip: () => false, trackActive: true, span: true }),
  timeExecution: (options) => timeExecution('op', options),
  trackResourceUsage: (options) => trackResourceUsage('op', options),
  measureThroughput: (options) => measureThroughput('op', 1, options),
};

/** What holds for every way of wrapping and every decorator. */
export function describeTransparency(way: string, wrap: Way): void {
  describe.each(Object.entries(DECORATORS))(`${way}, %s`, (_name, make) => {
    function wrapped(body: AnyFunction, options: TimingOptions = {}): { call: AnyFunction; metrics: () => number } {
      const { collector, metrics } = bench();
      return { call: wrap(body, make({ collector, ...options })), metrics: () => metrics().length };
    }

    test('passes receiver and arguments on, and the result back', () => {
      const seen: unknown[] = [];
      const result = { some: 'object' };
      const { call, metrics } = wrapped(function (this: unknown, ...args: unknown[]) {
        seen.push(this, ...args);
        return result;
      });
      const receiver = { constructor: undefined };
      expect(call.call(receiver, 1, undefined, receiver)).toBe(result);
      expect(seen).toEqual([receiver, 1, undefined, receiver]);
      expect(seen[0]).toBe(receiver);
      expect(metrics()).toBeGreaterThan(0);
    });

    test.each([[new TypeError('no')], [undefined], [null], ['text'], [0], [Object.freeze({ frozen: true })]])(
      'lets %p through when it is thrown',
      (thrown) => {
        const { call, metrics } = wrapped(() => {
          throw thrown;
        });
        let caught: unknown = 'nothing';
        try {
          call();
        } catch (error) {
          caught = error;
        }
        expect(caught).toBe(thrown);
        expect(metrics()).toBeGreaterThan(0);
      },
    );

    test('returns what an async function resolves to, and rejects with the same reason', async () => {
      const value = { some: 'value' };
      const reason = new Error('some reason');
      await expect(wrapped(async () => value).call()).resolves.toBe(value);
      await expect(wrapped(async () => Promise.reject(reason)).call()).rejects.toBe(reason);
    });

    test('with samePromise returns the very promise', () => {
      const promise = Promise.resolve(1);
      expect(wrapped(() => promise, { samePromise: true }).call()).toBe(promise);
    });

    test('leaves functions, proxies and objects with a `then` that is no function alone', () => {
      let trapped = 0;
      const trap = (): never => {
        trapped++;
        throw new Error('trapped');
      };
      const untouchable = new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap });
      // oxlint-disable-next-line unicorn/no-thenable -- what is tested
      const results = [() => 1, untouchable, { then: 1 }, Object.create(null), new Map(), Object.freeze({}), [Promise.resolve()]];
      for (const result of results) expect(wrapped(() => result).call() === result).toBe(true);
      expect(trapped).toBe(0);
    });

    test('does not read accessors of the result', () => {
      let reads = 0;
      const result = {
        // oxlint-disable-next-line unicorn/no-thenable -- what is tested
        get then(): never {
          reads++;
          throw new Error('read');
        },
      };
      expect(wrapped(() => result).call() === result).toBe(true);
      expect(reads).toBe(0);
    });

    test('recursion and concurrency come out as without it', async () => {
      const factorial: AnyFunction = wrapped((n: number) => (n < 2 ? 1 : n * factorial(n - 1))).call;
      expect(factorial(10)).toBe(3628800);
      const { call } = wrapped(async (n: number) => n * 2);
      expect(await Promise.all([1, 2, 3].map((n) => call(n)))).toEqual([2, 4, 6]);
    });

    test('records nothing, and changes nothing, while the collector is disabled', () => {
      const { collector, metrics } = bench({ enabled: false });
      const promise = Promise.resolve(1);
      expect(wrap(() => promise, make({ collector }))()).toBe(promise);
      expect(metrics()).toHaveLength(0);
    });

    test('with collectMetrics false is not there at all', () => {
      const promise = Promise.resolve(1);
      const { call, metrics } = wrapped(() => promise, { collectMetrics: false });
      expect(call()).toBe(promise);
      expect(metrics()).toBe(0);
    });
  });
}
