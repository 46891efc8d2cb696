import { types } from 'node:util';
import { MetricType, type Clock, type Series, type TagsInput } from '@otel-perf/metrics';
import type { AnyFunction } from '../api.ts';
import { secondsBetween } from '../clock/now.ts';
import { follow, followerOf } from '../wrap/follow.ts';
import { derive, deriveFresh, isOwnPromise } from '../wrap/promise.ts';
import type { FollowOptions } from '../wrap/run.ts';
import { construct, type Measure } from './measure.ts';
import { Pending } from './pending.ts';
import type { Site } from './site.ts';
import { TimedRun } from './timed-run.ts';

/**
 * Measures how long calls take and nothing else: the path that must be fast. A call that is over when it returns allocates nothing here, and
 * its series is looked up once. The two wrappers repeat their few lines, because arguments that are forwarded where they arrive are never
 * made into an array.
 */
export class Timing implements Measure {
  readonly clock: Clock;
  readonly #site: Site;
  readonly #follow: FollowOptions;
  readonly #idle: Pending[] = [];
  #series: Series | undefined;

  constructor(site: Site, samePromise: boolean) {
    this.clock = site.collector.clock;
    this.#site = site;
    this.#follow = { samePromise, watched: new WeakSet() };
  }

  callable(fn: AnyFunction): AnyFunction {
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment -- the wrapper has a `this` of its own
    const timing = this;
    const { clock } = this;
    const { collector } = this.#site;
    // Nobody can have hung anything on the promise of an async function, when it is returned.
    const deriver = types.isAsyncFunction(fn) ? deriveFresh : derive;
    // Method shorthand takes `this`, and cannot be constructed.
    return {
      wrapper(this: unknown, ...args: unknown[]): unknown {
        if (!collector.enabled) return Reflect.apply(fn, this, args);
        const series = timing.#series ?? timing.#bind(this);
        const start = clock.now();
        let result: unknown;
        try {
          result = Reflect.apply(fn, this, args);
        } catch (error) {
          timing.fail(this, start, error);
          throw error;
        }
        return timing.#returned(series, this, start, result, deriver);
      },
    }.wrapper;
  }

  constructible(fn: AnyFunction): AnyFunction {
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment -- the wrapper has a `this` of its own
    const timing = this;
    const { clock } = this;
    const { collector } = this.#site;
    return function wrapper(this: unknown, ...args: unknown[]): unknown {
      if (new.target !== undefined) return construct(timing, fn, args, new.target === wrapper ? fn : new.target);
      if (!collector.enabled) return Reflect.apply(fn, this, args);
      const series = timing.#series ?? timing.#bind(this);
      const start = clock.now();
      let result: unknown;
      try {
        result = Reflect.apply(fn, this, args);
      } catch (error) {
        timing.fail(this, start, error);
        throw error;
      }
      return timing.#returned(series, this, start, result, derive);
    };
  }

  fail(receiver: unknown, start: number, error: unknown): void {
    const end = this.clock.now();
    this.#site.series(receiver, 'time', MetricType.TIME, this.#failed(error)).record(secondsBetween(start, end), end);
  }

  /** Counts what came out of a generator or stream; `failure` holds what it failed with. */
  countItems(receiver: unknown, items: number, failure?: { error: unknown }): void {
    const tags = failure === undefined ? this.#site.tags : this.#failed(failure.error);
    this.#site.series(receiver, 'items', MetricType.COUNTER, tags).record(items);
  }

  #returned(series: Series, receiver: unknown, start: number, result: unknown, deriver: typeof derive): unknown {
    if (((typeof result === 'object' && result !== null) || typeof result === 'function') && result !== receiver) {
      if (!this.#follow.samePromise && isOwnPromise(result)) return this.#derived(series, receiver, start, result, deriver);
      const follower = followerOf(result);
      if (follower !== undefined) return follow(result, follower, new TimedRun(this, series, receiver, start), this.#follow);
    }
    const end = this.clock.now();
    series.record(secondsBetween(start, end), end);
    return result;
  }

  /** What `followPromise` does, in fewer steps. */
  #derived(series: Series, receiver: unknown, start: number, promise: Promise<unknown>, deriver: typeof derive): Promise<unknown> {
    const pending = (this.#idle.pop() ?? new Pending(this, this.#idle)).begin(series, receiver, start);
    try {
      return deriver(promise, pending.succeed, pending.fail);
    } catch {
      pending.succeed(promise);
      return promise;
    }
  }

  #failed(error: unknown): TagsInput {
    return { ...this.#site.tags, 'error.type': this.#site.errorType(error) };
  }

  #bind(receiver: unknown): Series {
    const series = this.#site.series(receiver, 'time', MetricType.TIME, this.#site.tags);
    if (this.#site.isResolved) this.#series = series;
    return series;
  }
}
