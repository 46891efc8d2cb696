import type { AnyClass, AnyFunction } from '../api.ts';
import { elementName } from '../call/source.ts';
import { isClass, isWrappedBy } from '../wrap/function.ts';
import { measuredProperty } from './legacy.ts';
import type { Plan } from './plan.ts';

/** Replaces the class's own methods and accessors in place. */
export function decorateClass(plan: Plan, target: AnyClass): void {
  decorateMembers(plan, target, target.prototype as object);
  decorateMembers(plan, target, target);
}

function decorateMembers(plan: Plan, target: AnyClass, holder: object): void {
  for (const key of Reflect.ownKeys(holder)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(holder, key)!;
    if (key === 'constructor' || descriptor.configurable === false || !isToBeMeasured(plan, descriptor)) continue;
    const element = elementName(key);
    const operation = plan.operationName === undefined ? undefined : `${plan.operationName}_${element}`;
    Reflect.defineProperty(holder, key, measuredProperty(plan, target, element, operation, descriptor));
  }
}

/** Methods are not enumerable; functions and classes kept in static fields are. What has the decorator already keeps its own options. */
function isToBeMeasured(plan: Plan, { value, get, set, enumerable }: PropertyDescriptor): boolean {
  if (enumerable) return false;
  const functions = [value, get, set].filter((each): each is AnyFunction => typeof each === 'function');
  return functions.length > 0 && !functions.some((fn) => isClass(fn) || isWrappedBy(fn, plan.kind));
}
