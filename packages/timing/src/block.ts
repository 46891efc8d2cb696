import { ErrorTypes, getMetricsCollector, MetricType, type CentralizedMetricsCollector, type Clock } from '@otel-perf/metrics';
import type { BlockOptions, TimingResult } from './api.ts';
import { Site } from './call/site.ts';
import { BLOCK_SOURCE, fixedSource } from './call/source.ts';
import { Timing } from './call/timing.ts';
import { secondsBetween, unixSeconds } from './clock/now.ts';
import { checkBlockOptions, checkOperationName } from './options.ts';

/**
 * A running measurement of a block of code, for `using`. It ends once, when it is disposed of or stopped, and then records
 * `<operation>_time` with the source `time_block`.
 */
export class TimedBlock implements Disposable {
  readonly operationName: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly #site: Site | undefined;
  readonly #clock: Clock;
  readonly #start: number;
  #end: number | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** @internal Made by `timeBlock`. Without a site it records nothing. */
  constructor(operationName: string, clock: Clock, site: Site | undefined, metadata: Readonly<Record<string, unknown>> = {}) {
    this.operationName = operationName;
    this.metadata = metadata;
    this.#clock = clock;
    this.#site = site;
    this.#start = clock.now();
  }

  /** Unix seconds. */
  get startTime(): number {
    return unixSeconds(this.#start, this.#clock.timeOrigin);
  }

  /** Unix seconds; null until the end. */
  get endTime(): number | null {
    return this.#end === undefined ? null : unixSeconds(this.#end, this.#clock.timeOrigin);
  }

  /** Seconds; null until the end. */
  get elapsedTime(): number | null {
    return this.#end === undefined ? null : secondsBetween(this.#start, this.#end);
  }

  /** Null until the end. */
  get result(): TimingResult | null {
    const { elapsedTime: executionTime, startTime, endTime, operationName, metadata } = this;
    return executionTime === null || endTime === null ? null : { executionTime, startTime, endTime, operationName, metadata };
  }

  /** Lets the block count as failed with `error`, whose type becomes the tag `error.type`; `using` alone does not see errors. */
  fail(error: unknown): void {
    this.#failure = { error };
  }

  /** Ends the block, unless it has ended. Returns its seconds. */
  stop(): number {
    if (this.#end === undefined) {
      this.#end = this.#clock.now();
      this.#record(this.#end);
    }
    return secondsBetween(this.#start, this.#end);
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #record(end: number): void {
    const site = this.#site;
    if (site === undefined || !site.collector.enabled) return;
    const tags = this.#failure === undefined ? site.tags : { ...site.tags, 'error.type': site.errorType(this.#failure.error) };
    site.series(undefined, 'time', MetricType.TIME, tags).record(secondsBetween(this.#start, end), end);
  }
}

/**
 * Times a block of code: `using block = timeBlock('name');` up to the end of the scope, or a function, whose result is returned, to the end
 * that `timeFunction` would time it to. Errors pass through; those of a function are recorded with the tag `error.type`.
 * @throws TypeError for a name or option that is not what it should be, naming it.
 */
export function timeBlock(operationName: string, options?: BlockOptions): TimedBlock;
export function timeBlock<Result>(operationName: string, fn: () => Result): Result;
export function timeBlock<Result>(operationName: string, options: BlockOptions | undefined, fn: () => Result): Result;
export function timeBlock<Result>(
  operationName: string,
  given: BlockOptions | (() => Result) = {},
  block?: () => Result,
): TimedBlock | Result {
  const [options, fn] = typeof given === 'function' ? [{}, given] : [given, block];
  checkOperationName(operationName);
  checkBlockOptions(options);
  const collector = options.collector ?? getMetricsCollector();
  const measured = options.collectMetrics !== false;
  if (!measured) collector.noteUnmeasured(operationName);
  const site = measured ? blockSite(collector, operationName, options.attributes) : undefined;
  if (fn === undefined) return new TimedBlock(operationName, collector.clock, site, options.metadata);
  if (site === undefined) return fn();
  const timing = options.attributes === undefined ? knownBlock(collector, operationName).timing : new Timing(site, false);
  return timing.callable(fn)() as Result;
}

interface KnownBlock {
  readonly untagged: Site;
  readonly timing: Timing;
  readonly errorTypes: ErrorTypes;
}

/** Names beyond these are looked up each time. */
const MOST_KNOWN = 1000;
const byCollector = new WeakMap<CentralizedMetricsCollector, Map<string, KnownBlock>>();
const source = fixedSource(BLOCK_SOURCE);

function blockSite(collector: CentralizedMetricsCollector, operation: string, attributes: BlockOptions['attributes']): Site {
  const { untagged, errorTypes } = knownBlock(collector, operation);
  return attributes === undefined ? untagged : new Site(collector, operation, source, attributes, errorTypes);
}

function knownBlock(collector: CentralizedMetricsCollector, operation: string): KnownBlock {
  let blocks = byCollector.get(collector);
  if (blocks === undefined) byCollector.set(collector, (blocks = new Map()));
  let block = blocks.get(operation);
  if (block === undefined) {
    const errorTypes = new ErrorTypes();
    const untagged = new Site(collector, operation, source, undefined, errorTypes);
    block = { untagged, timing: new Timing(untagged, false), errorTypes };
    if (blocks.size < MOST_KNOWN) blocks.set(operation, block);
  }
  return block;
}
