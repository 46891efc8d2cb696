import type { AnyClass, AnyFunction, TimingDecorator } from '../api.ts';
import { fixedSource } from '../call/source.ts';
import { isClass, wrapFunction } from '../wrap/function.ts';
import { decorateClass } from './class.ts';
import { decorateLegacy } from './legacy.ts';
import { operationOf, type Plan } from './plan.ts';
import { decorateStandard, type StandardContext } from './standard.ts';

/** One function for both decorator protocols and for wrapping: which it is shows in how it is called. */
export function decorator(plan: Plan): TimingDecorator {
  const decorate = (...args: unknown[]): unknown => {
    const [target, second, third] = args;
    if (isStandardContext(second)) return decorateStandard(plan, target, second);
    if (typeof second === 'string' || typeof second === 'symbol') {
      return decorateLegacy(plan, target as object, second, third as PropertyDescriptor | undefined);
    }
    if (typeof target !== 'function' || second !== undefined)
      throw new TypeError(`${plan.kind} takes a function, a class or an element of a class`);
    if (isClass(target as AnyFunction)) {
      decorateClass(plan, target as unknown as AnyClass);
      return target;
    }
    return wrap(plan, target as AnyFunction);
  };
  return decorate as TimingDecorator;
}

/** With `collectMetrics: false`: leaves everything as it is. */
export const passthrough = ((...args: unknown[]): unknown => {
  if (isStandardContext(args[1])) return undefined;
  return args.length === 1 ? args[0] : args[2];
}) as TimingDecorator;

function wrap(plan: Plan, fn: AnyFunction): AnyFunction {
  const { name } = fn as { name: unknown };
  const own = operationOf(typeof name === 'string' ? name : '');
  return wrapFunction(fn, plan.measure(plan.operationName ?? own, fixedSource(own)), plan.kind);
}

function isStandardContext(value: unknown): value is StandardContext {
  return typeof value === 'object' && value !== null && 'addInitializer' in value && 'kind' in value;
}
