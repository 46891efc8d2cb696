import 'reflect-metadata';
import { describe, expect, test } from '@jest/globals';
import { timeFunction, trackResourceUsage, type AnyFunction, type TimingDecorator } from '../src/index.ts';
import { bench } from './support/collector.ts';
import { describeTransparency } from './support/transparency.ts';

describeTransparency('a method with a legacy decorator', (body, decorate) => {
  class Holder {
    @decorate
    method(...args: unknown[]): unknown {
      return Reflect.apply(body, this, args);
    }
  }
  return Holder.prototype.method as AnyFunction;
});

describeTransparency('a method of a class with a legacy decorator', (body, decorate) => {
  @decorate
  class Holder {
    method(...args: unknown[]): unknown {
      return Reflect.apply(body, this, args);
    }
  }
  return Holder.prototype.method as AnyFunction;
});

describe('each kind of element, by legacy decorators', () => {
  const { collector, log } = bench();
  const timed: TimingDecorator = timeFunction(undefined, { collector });
  const symbol = Symbol('symbol');

  class Base {
    held = 1;
    @timed method(n: number): number {
      return this.held + n;
    }
    @timed static make(): Base {
      return new this();
    }
    @timed get value(): number {
      return this.held;
    }
    set value(value: number) {
      this.held = value;
    }
    @timed [symbol](): string {
      return 'by symbol';
    }
  }

  class Sub extends Base {
    @timed override method(n: number): number {
      return super.method(n) * 10;
    }
  }

  test('is measured under its class, also when called on another', () => {
    const sub = new Sub();
    expect(sub.method(1)).toBe(20);
    sub.value = 5;
    expect(sub.value).toBe(5);
    expect(sub[symbol]()).toBe('by symbol');
    expect(Sub.make()).toBeInstanceOf(Sub);
    expect(log()).toEqual([
      'Base.method method_time',
      'Sub.method method_time',
      'Base.value set_value_time',
      'Base.value get_value_time',
      'Base.[symbol] [symbol]_time',
      'Base.make make_time',
    ]);
  });

  test('keeps name, length and enumerability', () => {
    expect(Base.prototype.method.name).toBe('method');
    expect(Base.prototype.method).toHaveLength(1);
    expect(Object.keys(Base.prototype)).toEqual([]);
  });

  test('fields that hold functions, each instance with its own, become the plain properties that they would be', () => {
    const { collector, log } = bench();
    const timed = timeFunction(undefined, { collector });
    class Holder {
      @timed
      static shared = (n: number): number => n * 2;
      @timed
      held = (n: number): number => n + this.offset;
      @timed
      plain = 'text';
      offset: number;
      constructor(offset: number) {
        this.offset = offset;
      }
    }
    const [one, two] = [new Holder(1), new Holder(2)];
    expect([one.held(1), two.held(1), Holder.shared(4), one.plain]).toEqual([2, 3, 8, 'text']);
    expect(log()).toEqual(['Holder.held held_time', 'Holder.held held_time', 'Holder.shared shared_time']);
    expect(Object.keys(one)).toEqual(['held', 'plain', 'offset']);
    expect(Object.getOwnPropertyDescriptor(one, 'held')).toMatchObject({ writable: true, enumerable: true, configurable: true });
    one.held = (n) => n;
    expect([one.held(7), one.held.name]).toEqual([7, '']);
    expect(log()).toHaveLength(3);
  });
});

describe('Reflect metadata', () => {
  const { collector } = bench();
  const timed = timeFunction(undefined, { collector });

  class Service {
    @timed
    @Reflect.metadata('role', 'admin')
    below(_name: string): number {
      return 1;
    }
    @Reflect.metadata('role', 'user')
    @timed
    above(): void {}
  }

  test('on the function moves along with it', () => {
    const role = (key: string, descriptor: PropertyDescriptor): void => Reflect.defineMetadata('role', key, descriptor.value as object);
    class Guarded {
      method(): void {}
    }
    const descriptor = Object.getOwnPropertyDescriptor(Guarded.prototype, 'method')!;
    role('admin', descriptor);
    const measured = timed(Guarded.prototype, 'method', descriptor);
    expect(Reflect.getMetadata('role', measured.value as object)).toBe('admin');
    Reflect.defineMetadata('later', 1, measured.value as object);
    expect(Reflect.getOwnMetadataKeys(measured.value as object)).toEqual(['role', 'later']);
  });

  test('on the property is where it was', () => {
    expect(Reflect.getMetadata('role', Service.prototype, 'below')).toBe('admin');
    expect(Reflect.getMetadata('role', Service.prototype, 'above')).toBe('user');
    expect(Reflect.getMetadata('design:paramtypes', Service.prototype, 'below')).toEqual([String]);
    expect(Reflect.getMetadata('design:returntype', Service.prototype, 'below')).toBe(Number);
  });
});

test('different decorators on one method each measure', () => {
  const { collector, log } = bench();
  class Job {
    @timeFunction('timed', { collector })
    @trackResourceUsage('tracked', { collector, memory: false })
    run(): string {
      return 'ran';
    }
  }
  expect(new Job().run()).toBe('ran');
  expect(log().filter((entry) => entry.endsWith('_time'))).toEqual([
    'Job.run tracked_time',
    'Job.run tracked_cpu_user_time',
    'Job.run tracked_cpu_system_time',
    'Job.run timed_time',
  ]);
});
