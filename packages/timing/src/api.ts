import type { CentralizedMetricsCollector, TagsInput } from '@otel-perf/metrics';

/* oxlint-disable typescript/no-explicit-any -- what is wrapped may take and return anything */

export type AnyFunction = (this: any, ...args: any[]) => any;

export type AnyClass = abstract new (...args: any[]) => any;

/** Works out the tags of a call when it ends: `result` is what it returned, or resolved to, `error` what it threw. */
export type AttributesOfCall = (args: any, result: any, error: unknown) => TagsInput;

export interface CollectOptions {
  /** Default true. With false nothing is measured, and what is decorated or wrapped is handed back as it is. */
  collectMetrics?: boolean;
  /** Default the collector of the process, `getMetricsCollector()`. */
  collector?: CentralizedMetricsCollector;
}

export interface TimingOptions extends CollectOptions {
  /**
   * Tags of every record, or a function that works them out when a call ends. Should that throw, the call has no tags, and one warning goes
   * to OpenTelemetry's `diag`. Default none. `error.type` is always ours.
   */
  attributes?: TagsInput | AttributesOfCall;
  /** Calls for which it returns true are not measured. Should it throw, the call is measured, and one warning given. Default none. */
  shouldSkip?: (args: any) => boolean;
  /**
   * Reports through observable instruments, while calls run, how many do (`<operation>_active`) and for how many seconds the oldest has
   * (`<operation>_oldest_age`, 0 while none runs). Default false.
   */
  trackActive?: boolean;
  /** A span around each call, active in it also across `await`, once a tracer provider is registered. Default false. */
  span?: boolean;
  /**
   * What a call that returns a native promise hands back. False (the default): a promise derived from it, whose continuations run exactly
   * one microtask later; rejections that nobody handles are reported as ever. True: that very promise, at its own microtask; then a rejection
   * counts as handled, since we look at it, and is no longer reported when nobody else does. ECMAScript offers no third way. Of what hangs on
   * the promise itself, own enumerable properties with string keys are on the derived one too, as is a prototype of its own that has such.
   * Thenables, promises of subclasses, generators and streams are always handed back themselves.
   */
  samePromise?: boolean;
}

export interface ResourceOptions extends TimingOptions {
  /** Default true. Reading the resident set size takes about 8 µs, twice a call: false leaves it out. */
  memory?: boolean;
}

/** Items of one call: a finite number from 0, or a function of its arguments and what it returned or resolved to. */
export type BatchSize = number | ((args: any, result: any) => number);

export interface ExecutionOptions extends TimingOptions {
  /** With `span`, its strings, numbers and booleans become attributes of the span. Default none. */
  metadata?: Readonly<Record<string, unknown>>;
}

export interface BlockOptions extends CollectOptions {
  /** Tags of the record. Default none. */
  attributes?: TagsInput;
  /** Kept with the block for its reader; not recorded. Default `{}`. */
  metadata?: Readonly<Record<string, unknown>>;
}

/** How long something took. */
export interface TimingResult {
  /** Seconds, on a clock that never goes back. */
  executionTime: number;
  /** Unix seconds. */
  startTime: number;
  /** Unix seconds. */
  endTime: number;
  operationName: string;
  metadata: Readonly<Record<string, unknown>>;
}

/**
 * Decorates, in either decorator protocol, and wraps. What comes out behaves as what went in: same value, same error, same `this`, name,
 * length, own properties, prototype and Reflect metadata.
 *
 * A method, getter, setter, `accessor` or function-valued field, static or not, private or not, is replaced by a measured one. With
 * `experimentalDecorators` a field is measured where the compiler assigns to it (`useDefineForClassFields: false`, the default below ES2022);
 * one that is defined on the instance is out of reach of such decorators, and stays as it is.
 *
 * A class stays the same class, and its own methods and accessors, static or not, are replaced in place, except those that carry a decorator
 * of the same kind already; with an operation name their operations are `<operation>_<method>`. The constructor is not measured. A plain
 * function is wrapped.
 */
export interface TimingDecorator {
  <This, Value>(
    value: ClassAccessorDecoratorTarget<This, Value>,
    context: ClassAccessorDecoratorContext<This, Value>,
  ): ClassAccessorDecoratorResult<This, Value>;
  <Value>(value: undefined, context: ClassFieldDecoratorContext<any, Value>): (value: Value) => Value;
  <Class extends AnyClass>(value: Class, context: ClassDecoratorContext<Class>): void;
  <Fn extends AnyFunction>(
    value: Fn,
    context: ClassMethodDecoratorContext<any, any> | ClassGetterDecoratorContext<any, any> | ClassSetterDecoratorContext<any, any>,
  ): Fn;
  <Value>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<Value>): TypedPropertyDescriptor<Value>;
  (target: object, key: string | symbol): void;
  <Fn extends AnyFunction | AnyClass>(fn: Fn): Fn;
}
