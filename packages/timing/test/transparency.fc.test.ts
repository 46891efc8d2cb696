import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { AnyFunction, TimingDecorator } from '../src/index.ts';
import { bench } from './support/collector.ts';
import { DECORATORS, type Way } from './support/transparency.ts';

/** How a call comes out, compared by identity. */
async function outcome(call: () => unknown): Promise<unknown[]> {
  try {
    const returned = call();
    const way = returned instanceof Promise ? 'promise' : 'value';
    try {
      return [way, 'resolved', await returned];
    } catch (reason) {
      return [way, 'rejected', reason];
    }
  } catch (error) {
    return ['thrown', error];
  }
}

const ending = fc.constantFrom<(value: unknown) => unknown>(
  (value) => value,
  (value) => {
    throw value;
  },
  async (value) => value,
  async (value) => {
    throw value;
  },
  // oxlint-disable-next-line unicorn/no-thenable -- what is tested
  (value) => ({ then: (fulfilled: AnyFunction) => fulfilled(value) }),
  // oxlint-disable-next-line unicorn/no-thenable -- what is tested
  (value) => ({ then: (_: AnyFunction, rejected: AnyFunction) => rejected(value) }),
);

const ways: Record<string, Way> = {
  'a plain function': (body, decorate) =>
    decorate(function (this: unknown, ...args: unknown[]) {
      return Reflect.apply(body, this, args);
    }),
  'a decorated method': (body, decorate) => {
    class Holder {
      @decorate
      method(...args: unknown[]): unknown {
        return Reflect.apply(body, this, args);
      }
    }
    return Holder.prototype.method as AnyFunction;
  },
};

const cases = Object.entries(DECORATORS).flatMap(([name, make]) =>
  Object.entries(ways).map(([way, wrap]) => [name, way, make, wrap] as const),
);

describe('any function, on any receiver, with any arguments', () => {
  test.each(cases)('comes out of %s, as %s, as without it', async (_name, _way, make, wrap) => {
    const { collector } = bench();
    const decorate: TimingDecorator = make({ collector });
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.array(fc.anything()), fc.anything(), ending, async (receiver, args, value, end) => {
        const seen: unknown[][] = [];
        const body = function (this: unknown, ...given: unknown[]): unknown {
          seen.push([this, ...given]);
          return end(value);
        };
        const plain = await outcome(() => Reflect.apply(body, receiver, args));
        const timed = await outcome(() => Reflect.apply(wrap(body, decorate), receiver, args));
        expect(timed).toHaveLength(plain.length);
        expect(timed.every((each, i) => Object.is(each, plain[i]))).toBe(true);
        const [before, after] = seen as [unknown[], unknown[]];
        expect(after).toHaveLength(before.length);
        expect(after.every((each, i) => Object.is(each, before[i]))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
