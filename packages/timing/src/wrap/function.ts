import type { AnyFunction } from '../api.ts';
import type { Measure } from '../call/measure.ts';
import { resemble } from './likeness.ts';

const originals = new WeakMap<AnyFunction, { readonly fn: AnyFunction; readonly kind: string }>();

/** A function that behaves as `fn` does, its calls measured. `kind` is the decorator's. */
export function wrapFunction<Fn extends AnyFunction>(fn: Fn, measure: Measure, kind: string): Fn {
  const wrapper = isConstructor(fn) ? measure.constructible(fn) : measure.callable(fn);
  resemble(wrapper, fn);
  originals.set(wrapper, { fn, kind });
  return wrapper as Fn;
}

/** Whether `fn` is `wrapper`, or wraps it in turn. */
export function isMadeFrom(fn: unknown, wrapper: unknown): boolean {
  for (let each = fn; typeof each === 'function'; each = originals.get(each as AnyFunction)?.fn) {
    if (each === wrapper) return true;
  }
  return false;
}

/** Whether `fn` comes of a decorator of that kind, with others of ours on top or not. */
export function isWrappedBy(fn: AnyFunction, kind: string): boolean {
  for (let each = originals.get(fn); each !== undefined; each = originals.get(each.fn)) {
    if (each.kind === kind) return true;
  }
  return false;
}

export function isClass(value: AnyFunction): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

/** Checks without running any of `fn`: as a `new.target` it need only be a constructor. */
function isConstructor(fn: AnyFunction): boolean {
  try {
    Reflect.construct(Object, [], fn);
    return true;
  } catch {
    return false;
  }
}
