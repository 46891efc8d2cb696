import type { TagsInput } from '@otel-perf/metrics';
import type { AnyFunction, ExecutionOptions } from '../api.ts';
import { follow, followerOf } from '../wrap/follow.ts';
import type { FollowOptions } from '../wrap/run.ts';
import { activeCallsOf, type ActiveCalls } from './active-calls.ts';
import { Hooks } from './hooks.ts';
import { construct, type Measure } from './measure.ts';
import { ObservedRun } from './observed-run.ts';
import type { Outcome, Quantity } from './quantity.ts';
import type { Site } from './site.ts';

export type ObserveOptions = Pick<ExecutionOptions, 'attributes' | 'shouldSkip' | 'trackActive' | 'span' | 'metadata' | 'samePromise'>;

/** Measures calls with all options, and any quantity. */
export class Observed implements Measure {
  readonly site: Site;
  readonly quantity: Quantity;
  readonly hooks: Hooks;
  readonly options: ObserveOptions;
  readonly #follow: FollowOptions;
  #active: ActiveCalls | undefined;

  constructor(site: Site, quantity: Quantity, options: ObserveOptions) {
    this.site = site;
    this.quantity = quantity;
    this.options = options;
    this.hooks = new Hooks(site.operation);
    this.#follow = { samePromise: options.samePromise === true, watched: new WeakSet() };
  }

  callable(fn: AnyFunction): AnyFunction {
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment -- the wrapper has a `this` of its own
    const observed = this;
    return {
      wrapper(this: unknown, ...args: unknown[]): unknown {
        return observed.#call(fn, this, args);
      },
    }.wrapper;
  }

  constructible(fn: AnyFunction): AnyFunction {
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment -- the wrapper has a `this` of its own
    const observed = this;
    return function wrapper(this: unknown, ...args: unknown[]): unknown {
      if (new.target !== undefined) return construct(observed, fn, args, new.target === wrapper ? fn : new.target);
      return observed.#call(fn, this, args);
    };
  }

  tagsOf({ args, result, error }: Outcome): TagsInput | undefined {
    const { attributes } = this.options;
    if (typeof attributes !== 'function') return this.site.tags;
    return this.hooks.run('attributes', () => attributes(args, result, error), undefined);
  }

  activeCalls(receiver: unknown): ActiveCalls {
    const active = this.#active ?? activeCallsOf(this.site, receiver);
    if (this.site.isResolved) this.#active = active;
    return active;
  }

  #call(fn: AnyFunction, receiver: unknown, args: unknown[]): unknown {
    if (!this.site.collector.enabled || this.#skips(args)) return Reflect.apply(fn, receiver, args);
    const run = new ObservedRun(this, receiver, args);
    let result: unknown;
    try {
      result = run.resume(fn, receiver, args);
    } catch (error) {
      run.fail(error);
      throw error;
    }
    const follower = result !== receiver && isObject(result) ? followerOf(result) : undefined;
    if (follower === undefined) {
      run.succeed(result);
      return result;
    }
    run.outlives(result as object);
    return follow(result as object, follower, run, this.#follow);
  }

  #skips(args: unknown[]): boolean {
    const { shouldSkip } = this.options;
    return shouldSkip !== undefined && this.hooks.run('shouldSkip', () => shouldSkip(args), false);
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
