import type { Attributes } from '@opentelemetry/api';
import type { AnyFunction } from '../api.ts';
import type { Run } from '../wrap/run.ts';
import { whenDropped } from './dropped.ts';
import type { Observed } from './observed.ts';
import type { Outcome, Reading } from './quantity.ts';
import { CallSpan } from './span.ts';

/** One call of a site that is measured with all options. */
export class ObservedRun implements Run {
  readonly #observed: Observed;
  readonly #receiver: unknown;
  readonly #args: readonly unknown[];
  readonly #leave: (() => void) | undefined;
  readonly #span: CallSpan | undefined;
  readonly #reading: Reading;
  #over = false;

  constructor(observed: Observed, receiver: unknown, args: readonly unknown[]) {
    const { site, hooks, options } = observed;
    this.#observed = observed;
    this.#receiver = receiver;
    this.#args = args;
    this.#leave = options.trackActive ? hooks.run('trackActive', () => observed.activeCalls(receiver).enter(), undefined) : undefined;
    const attributes = (): Attributes => primitives({ ...options.metadata, ...site.tags });
    this.#span = options.span
      ? hooks.run('span', () => CallSpan.start(site.source(receiver), site.operation, attributes()), undefined)
      : undefined;
    this.#reading = observed.quantity.begin(site.collector.clock);
  }

  /** The result goes on after the return. Should it be dropped before its end, the call no longer counts as one that runs. */
  outlives(result: object): void {
    for (const leave of [this.#leave, this.#reading.leave]) if (leave !== undefined) whenDropped(result, leave);
  }

  resume(fn: AnyFunction, receiver: unknown, args: ArrayLike<unknown>): unknown {
    return this.#span === undefined ? Reflect.apply(fn, receiver, args) : this.#span.run(fn, receiver, args);
  }

  succeed(result: unknown, items?: number): void {
    this.#end({ args: this.#args, failed: false, result, error: undefined }, items);
  }

  fail(error: unknown, items?: number): void {
    this.#end({ args: this.#args, failed: true, result: undefined, error }, items);
  }

  #end(outcome: Outcome, items: number | undefined): void {
    if (this.#over) return;
    this.#over = true;
    const { site, hooks } = this.#observed;
    const measurements = hooks.run('reading', () => this.#reading.end(outcome, items), []);
    this.#leave?.();
    const errorType = outcome.failed ? site.errorType(outcome.error) : undefined;
    hooks.run('span', () => this.#span?.end(outcome, errorType), undefined);
    let tags = this.#observed.tagsOf(outcome);
    if (errorType !== undefined) tags = { ...tags, 'error.type': errorType };
    for (const { what, type, value, tags: more } of measurements) {
      site.series(this.#receiver, what, type, more === undefined ? tags : { ...tags, ...more }).record(value);
    }
  }
}

function primitives(record: Readonly<Record<string, unknown>>): Attributes {
  const entries = Object.entries(record).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return Object.fromEntries(entries) as Attributes;
}
