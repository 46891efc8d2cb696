import type { AnyFunction } from '../api.ts';
import { elementName, memberOf } from '../call/source.ts';
import { wrapFunction } from '../wrap/function.ts';
import { measured, operationOf, type Plan } from './plan.ts';

/**
 * The decorators of `experimentalDecorators`: the class is known at once, and the descriptor is what becomes of the element.
 * @throws TypeError for a parameter.
 */
export function decorateLegacy(
  plan: Plan,
  target: object,
  key: string | symbol,
  given: PropertyDescriptor | undefined,
): PropertyDescriptor {
  const element = elementName(key);
  if (typeof given === 'number') throw new TypeError(`${plan.kind} cannot decorate a parameter of ${element}`);
  // A static field has its value already.
  const descriptor = given ?? Reflect.getOwnPropertyDescriptor(target, key);
  if (descriptor === undefined) return measuredField(plan, target, key, element);
  return measuredProperty(plan, target, element, plan.operationName, descriptor);
}

/**
 * A field has no value when its decorator runs, and is assigned to in the constructor: the first assignment goes to an accessor of the
 * prototype, which leaves the instance with the plain property that it would have had, its function measured.
 */
function measuredField(plan: Plan, prototype: object, key: string | symbol, element: string): PropertyDescriptor {
  const measure = plan.measure(plan.operationName ?? operationOf(element), memberOf(prototype, element));
  return {
    configurable: true,
    get: () => undefined,
    set(this: object, initial: unknown) {
      const value: unknown = typeof initial === 'function' ? wrapFunction(initial as AnyFunction, measure, plan.kind) : initial;
      Object.defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true });
    },
  };
}

/** `descriptor` with its functions measured. */
export function measuredProperty(
  plan: Plan,
  holder: object,
  element: string,
  operationName: string | undefined,
  descriptor: PropertyDescriptor,
): PropertyDescriptor {
  const source = memberOf(holder, element);
  const wrap = (fn: AnyFunction, functionName: string): AnyFunction =>
    measured(plan, fn, operationName ?? operationOf(functionName), source);
  const { value, get, set } = descriptor;
  if (typeof value === 'function') return { ...descriptor, value: wrap(value, element) };
  const accessors: PropertyDescriptor = { ...descriptor };
  if (get !== undefined) accessors.get = wrap(get, `get ${element}`);
  if (set !== undefined) accessors.set = wrap(set, `set ${element}`);
  return accessors;
}
