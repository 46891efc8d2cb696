import { describe, expect, test } from '@jest/globals';
import { timeFunction, trackResourceUsage, type AnyFunction } from '../src/index.ts';
import { bench } from './support/collector.ts';
import { describeTransparency } from './support/transparency.ts';

describeTransparency('a method with a standard decorator', (body, decorate) => {
  class Holder {
    @decorate
    method(...args: unknown[]): unknown {
      return Reflect.apply(body, this, args);
    }
  }
  return Holder.prototype.method as AnyFunction;
});

describeTransparency('a method of a class with a standard decorator', (body, decorate) => {
  @decorate
  class Holder {
    method(...args: unknown[]): unknown {
      return Reflect.apply(body, this, args);
    }
  }
  return Holder.prototype.method as AnyFunction;
});

describeTransparency('a function-valued field with a standard decorator', (body, decorate) => {
  class Holder {
    @decorate
    field = function (this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(body, this, args);
    };
  }
  return new Holder().field;
});

describe('each kind of element, by standard decorators', () => {
  const { collector, log, metrics } = bench();
  const timed = timeFunction(undefined, { collector });
  const symbol = Symbol('symbol');

  class Base {
    #value = 1;

    @timed method(n: number): number {
      return this.#value + n;
    }

    @timed static make(): Base {
      return new this();
    }

    @timed #hidden(): number {
      return this.#value;
    }

    @timed static #hiddenStatic(): string {
      return 'static';
    }

    @timed get value(): number {
      return this.#value;
    }

    @timed set value(value: number) {
      this.#value = value;
    }

    @timed accessor auto = 5;

    @timed field = (n: number): number => this.#value + n;

    @timed static staticField = (): number => 7;

    @timed plain = 3;

    @timed [symbol](): string {
      return 'by symbol';
    }

    callHidden(): number {
      return this.#hidden();
    }

    static callHiddenStatic(): string {
      return Base.#hiddenStatic();
    }
  }

  class Sub extends Base {
    override method(n: number): number {
      return super.method(n) * 10;
    }
  }

  class Decorated extends Base {
    @timed override method(n: number): number {
      return super.method(n) + 100;
    }
  }

  function recorded(run: () => unknown): [unknown, string[]] {
    collector.clearMetrics();
    const result = run();
    return [result, log()];
  }

  test('methods', () => {
    expect(recorded(() => new Base().method(2))).toEqual([3, ['Base.method method_time']]);
  });

  test('static methods, with the class as receiver', () => {
    const [made, entries] = recorded(() => Sub.make());
    expect(made).toBeInstanceOf(Sub);
    expect(entries).toEqual(['Base.make make_time']);
  });

  test('private methods', () => {
    expect(recorded(() => new Base().callHidden())).toEqual([1, ['Base.#hidden #hidden_time']]);
    expect(recorded(() => Base.callHiddenStatic())).toEqual(['static', ['Base.#hiddenStatic #hiddenStatic_time']]);
  });

  test('getters and setters', () => {
    const base = new Base();
    expect(recorded(() => (base.value = 9))).toEqual([9, ['Base.value set_value_time']]);
    expect(recorded(() => base.value)).toEqual([9, ['Base.value get_value_time']]);
  });

  test('auto-accessors', () => {
    const base = new Base();
    expect(recorded(() => (base.auto += 1))).toEqual([6, ['Base.auto get_auto_time', 'Base.auto set_auto_time']]);
  });

  test('fields that hold functions, each instance with its own', () => {
    const base = new Base();
    base.value = 2;
    expect(recorded(() => base.field(1))).toEqual([3, ['Base.field field_time']]);
    expect(recorded(() => new Base().field(1))).toEqual([2, ['Base.field field_time']]);
    expect(recorded(() => Base.staticField())).toEqual([7, ['Base.staticField staticField_time']]);
    expect(recorded(() => base.plain)).toEqual([3, []]);
  });

  test('methods named by symbols', () => {
    expect(recorded(() => new Base()[symbol]())).toEqual(['by symbol', ['Base.[symbol] [symbol]_time']]);
  });

  test('overrides and super calls, each named after the class that has it', () => {
    expect(recorded(() => new Sub().method(2))).toEqual([30, ['Base.method method_time']]);
    expect(recorded(() => new Decorated().method(2))).toEqual([103, ['Base.method method_time', 'Decorated.method method_time']]);
  });

  test('keep their name, length and enumerability', () => {
    expect(Base.prototype.method).toHaveLength(1);
    expect(Base.prototype.method.name).toBe('method');
    expect(Object.keys(Base.prototype)).toEqual([]);
    expect(Object.getOwnPropertyDescriptor(Base.prototype, 'value')?.get?.name).toBe('get value');
  });

  test('a method that is called without its object still works', () => {
    const detached = Base.make;
    expect(() => detached()).toThrow(TypeError);
    expect(metrics().at(-1)?.tags).toEqual({ 'error.type': 'TypeError' });
  });
});

test('a subclass whose instances come first does not give its name to the methods of its base', () => {
  const { collector, log } = bench();
  const timed = timeFunction(undefined, { collector });
  const other = trackResourceUsage('other', { collector, memory: false });
  const foreign = <Fn extends AnyFunction>(fn: Fn, _context: ClassMethodDecoratorContext): Fn =>
    function (this: unknown, ...args: unknown[]) {
      return Reflect.apply(fn, this, args) as unknown;
    } as Fn;
  class First {
    @timed once(): void {}
    @other @timed twice(): void {}
    @foreign @timed covered(): void {}
  }
  class Second extends First {}
  const second = new Second();
  second.once();
  second.twice();
  second.covered();
  expect(log().filter((entry) => entry.split(' ')[1] !== undefined && !entry.includes('other'))).toEqual([
    'First.once once_time',
    'First.twice twice_time',
    'First.covered covered_time',
  ]);
  expect(log()).toContain('First.twice other_time');
});

describe('a whole class', () => {
  const { collector, log } = bench();

  class Parent {
    inherited(): string {
      return 'inherited';
    }
  }

  @timeFunction('store', { collector })
  class Store extends Parent {
    static Model = class Model {
      id = 1;
    };
    static created = 0;
    static create(): Store {
      Store.created++;
      return new Store();
    }
    #items = new Map<string, number>();
    get size(): number {
      return this.#items.size;
    }
    set(key: string, value: number): this {
      this.#items.set(key, value);
      return this;
    }
    @timeFunction('own', { collector }) special(): void {}
  }

  test('has its own methods and accessors measured, static or not, and stays the same class', () => {
    const store = Store.create();
    expect(store).toBeInstanceOf(Store);
    expect(store.constructor).toBe(Store);
    expect(store.set('a', 1)).toBe(store);
    expect(store.size).toBe(1);
    expect(store.inherited()).toBe('inherited');
    expect(log()).toEqual(['Store.create store_create_time', 'Store.set store_set_time', 'Store.size store_size_time']);
  });

  test('leaves classes in static fields, and methods with a decorator of their own, as they are', () => {
    collector.clearMetrics();
    expect(new Store.Model()).toBeInstanceOf(Store.Model);
    new Store().special();
    expect(log()).toEqual(['Store.special own_time']);
  });
});
