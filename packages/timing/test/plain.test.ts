import { describe, expect, test } from '@jest/globals';
import { timeFunction, type TimingDecorator } from '../src/index.ts';
import { fakeClock } from './support/clock.ts';
import { bench } from './support/collector.ts';
import { describeTransparency } from './support/transparency.ts';

describeTransparency('a plain function', (body, decorate) =>
  decorate(function (this: unknown, ...args: unknown[]) {
    return Reflect.apply(body, this, args);
  }),
);
describeTransparency('a method of an object', (body, decorate) =>
  decorate(
    {
      method(this: unknown, ...args: unknown[]) {
        return Reflect.apply(body, this, args);
      },
    }.method,
  ),
);

const { collector } = bench();
const timed: TimingDecorator = timeFunction(undefined, { collector });

describe('a wrapped function looks like the function', () => {
  const some = Symbol('some');
  const functions: Record<string, (...args: never[]) => unknown> = {
    declared: function declared(_a: number, _b: number) {},
    arrow: (_a: number, _b = 1) => {},
    async: async (_a: number) => {},
    generator: function* generator(_a: number) {},
    'async generator': async function* asyncGenerator(_a: number) {},
    method: { method(_a: number) {} }.method,
    // oxlint-disable-next-line no-extra-bind -- what is tested
    bound: function bound(_a: number) {}.bind(null),
    'with properties': Object.assign(() => {}, { own: 1, [some]: 2 }),
    frozen: Object.freeze(() => {}),
    anonymous: (() => () => {})(),
    'non-strict': new Function('a', 'return a') as (...args: never[]) => unknown,
  };

  test.each(Object.entries(functions))('%s', (_kind, fn) => {
    const wrapped = timed(fn);
    expect(wrapped).not.toBe(fn);
    const own = (each: object): unknown => {
      const {
        toString: _,
        arguments: __,
        caller: ___,
        ...rest
      } = Object.getOwnPropertyDescriptors(each) as Record<string | symbol, unknown>;
      return rest;
    };
    const { prototype: mine, ...rest } = own(wrapped) as Record<string, { value: unknown }>;
    const { prototype: original, ...expected } = own(fn) as Record<string, { value: unknown }>;
    expect(rest).toEqual(expected);
    expect(mine?.value).toBe(original?.value);
    expect(Object.getPrototypeOf(wrapped)).toBe(Object.getPrototypeOf(fn));
    expect(Object.isExtensible(wrapped)).toBe(Object.isExtensible(fn));
    expect(String(wrapped)).toBe(String(fn));
    expect(Object.prototype.toString.call(wrapped)).toBe(Object.prototype.toString.call(fn));
  });

  test('what cannot be constructed still cannot', () => {
    for (const kind of ['arrow', 'async', 'generator', 'async generator', 'method']) {
      expect(() => Reflect.construct(timed(functions[kind]!), [])).toThrow(TypeError);
    }
  });

  test('what can be constructed is, with the right new.target, instance and subclass', () => {
    const targets: unknown[] = [];
    interface Point {
      x: number;
    }
    const Point = function Point(this: Point, x: number) {
      targets.push(new.target);
      this.x = x;
    };
    Point.prototype.double = function (this: Point) {
      return this.x * 2;
    };
    const Timed = timed(Point) as unknown as new (x: number) => Point & { double(): number };
    const point = new Timed(4);
    expect(point.double()).toBe(8);
    expect(point).toBeInstanceOf(Point);
    expect(point).toBeInstanceOf(Timed);
    class Sub extends Timed {}
    expect(new Sub(1)).toBeInstanceOf(Sub);
    expect(targets).toEqual([Point, Sub]);
  });

  test('constructing is over when the constructor returns, whatever it makes', () => {
    const own = bench();
    const Query = function (this: { then?: unknown }) {
      // oxlint-disable-next-line unicorn/no-thenable -- as query builders are
      this.then = () => {};
    };
    const made = Reflect.construct(timeFunction('make', { collector: own.collector })(Query), []) as object;
    expect(Object.getOwnPropertyDescriptor(made, 'then')?.enumerable).toBe(true);
    expect(own.log()).toEqual(['Query make_time']);
  });
});

test('the metric bears the name of the function unless it is given one', () => {
  const { collector, log } = bench();
  function load(): void {}
  timeFunction(undefined, { collector })(load)();
  timeFunction('fetch', { collector })(load)();
  timeFunction(undefined, { collector })((() => () => {})())();
  expect(log()).toEqual(['load load_time', 'load fetch_time', 'anonymous anonymous_time']);
});

test('wrapping twice measures twice and changes nothing else', () => {
  const { collector, log } = bench();
  const inner = timeFunction('inner', { collector })((a: number, b: number) => a + b);
  const outer = timeFunction('outer', { collector })(inner);
  expect(outer(1, 2)).toBe(3);
  expect(outer).toHaveLength(2);
  expect(outer.name).toBe(inner.name);
  expect(log().map((entry) => entry.split(' ')[1])).toEqual(['inner_time', 'outer_time']);
});

test('a class that is wrapped stays itself, its methods measured', () => {
  const { collector, log } = bench();
  class Store {
    get(): number {
      return 1;
    }
  }
  expect(timeFunction(undefined, { collector })(Store)).toBe(Store);
  expect(new Store().get()).toBe(1);
  expect(log()).toEqual(['Store.get get_time']);
});

test('what is neither function nor class nor element is refused', () => {
  expect(() => (timed as (value: unknown) => unknown)(42)).toThrow('timeFunction takes a function, a class or an element of a class');
  expect(() => (timed as (...args: unknown[]) => unknown)({}, 'method', 0)).toThrow(TypeError);
});

test('what is recorded is the time from the call to the end, in seconds, rounded to nanoseconds', async () => {
  const clock = fakeClock();
  const { collector, metrics } = bench({ clock });
  const timedHere = timeFunction('op', { collector });
  timedHere(() => (clock.at += 1.000_000_4))();
  await timedHere(async () => {
    await undefined;
    clock.at += 2500;
  })();
  expect(metrics().map(({ value, type }) => [value, type])).toEqual([
    [0.001, 'time'],
    [2.5, 'time'],
  ]);
});
