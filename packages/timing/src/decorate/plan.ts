import type { AnyFunction } from '../api.ts';
import type { Measure } from '../call/measure.ts';
import type { Source } from '../call/source.ts';
import { wrapFunction } from '../wrap/function.ts';

/** What a decorator does to each function that it meets, in whatever protocol. */
export interface Plan {
  /** Which decorator it is. */
  readonly kind: string;
  /** As the user gave it. */
  readonly operationName: string | undefined;
  measure(operation: string, source: Source): Measure;
}

/** The operation of a function that was given no name. */
export function operationOf(functionName: string): string {
  return functionName === '' ? 'anonymous' : functionName.replaceAll(/\s+/g, '_');
}

export function measured<Fn extends AnyFunction>(plan: Plan, fn: Fn, operation: string, source: Source): Fn {
  return wrapFunction(fn, plan.measure(operation, source), plan.kind);
}
