import type { AnyClass, AnyFunction } from '../api.ts';
import { OwnerSource } from '../call/source.ts';
import { wrapFunction } from '../wrap/function.ts';
import { decorateClass } from './class.ts';
import { operationOf, type Plan } from './plan.ts';

/** The part of the standard's decorator contexts that we use. */
export interface StandardContext {
  readonly kind: 'method' | 'getter' | 'setter' | 'field' | 'accessor' | 'class';
  readonly name: string | symbol;
  readonly static: boolean;
  addInitializer(initializer: (this: object) => void): void;
}

type Accessor = { get: AnyFunction; set: AnyFunction };

/** The standard decorators (TC39): what is returned takes the place of the element. */
export function decorateStandard(plan: Plan, value: unknown, context: StandardContext): unknown {
  if (context.kind === 'class') return decorateClass(plan, value as AnyClass);
  const source = new OwnerSource(context.name);
  const element = source.provisional;
  // Only static elements are told their class at no cost: for others it would be paid by each construction.
  if (context.static) {
    context.addInitializer(function () {
      source.settle(this);
    });
  }
  const wrapper = (functionName: string): ((fn: AnyFunction) => AnyFunction) => {
    const measure = plan.measure(plan.operationName ?? operationOf(functionName), source);
    return (fn) => source.made(wrapFunction(fn, measure, plan.kind));
  };
  switch (context.kind) {
    case 'method':
      return wrapper(element)(value as AnyFunction);
    case 'getter':
      return wrapper(`get ${element}`)(value as AnyFunction);
    case 'setter':
      return wrapper(`set ${element}`)(value as AnyFunction);
    case 'accessor': {
      const { get, set } = value as Accessor;
      return { get: wrapper(`get ${element}`)(get), set: wrapper(`set ${element}`)(set) };
    }
    case 'field': {
      const wrap = wrapper(element);
      return (initial: unknown) => (typeof initial === 'function' ? wrap(initial as AnyFunction) : initial);
    }
  }
}
