import { checkInteger, checkNumber, checkText } from '../model/options.ts';
import type { BatchContext, ItemContext } from './context.ts';
import type { Failed } from './failed.ts';

const MOST_MILLIS = 2 ** 31 - 1;

interface StageOptions {
  /** Tag `stage` of its metrics; no two stages of a pipeline have the same. */
  readonly name: string;
  /** Calls under way at a time, at most. Default 1; at least 1. */
  readonly concurrency?: number;
  /**
   * Items that may wait in front of it; a stage before it holds back when there are as many. Default as many as it works on at a time
   * (`concurrency`, times the batch's size); at least 1, and never less than a batch.
   */
  readonly buffer?: number;
}

/** A stage that takes one item at a time. What `run` throws, or rejects with, fails that item. */
export interface SingleStage<In, Out> extends StageOptions {
  readonly run: (item: In, context: ItemContext) => Out | PromiseLike<Out>;
  readonly runBatch?: never;
  readonly batch?: never;
}

export interface BatchOptions {
  /** Items of a batch, at most; at least 1. */
  readonly size: number;
  /**
   * How long an item waits for others, in milliseconds. A batch goes when it is full, or when its first item has waited so long, provided
   * that a call is free. Default 0: whatever waits goes together, as soon as the code that brought it has returned.
   */
  readonly waitMillis?: number;
}

/**
 * A stage that takes several items at a time. `runBatch` gives one result for each, in their order, which is `failed(error)` for one that
 * failed. What it throws, or rejects with, fails all of them.
 */
export interface BatchStage<In, Out> extends StageOptions {
  readonly runBatch: (items: readonly In[], context: BatchContext) => readonly (Out | Failed)[] | PromiseLike<readonly (Out | Failed)[]>;
  readonly batch: BatchOptions;
  readonly run?: never;
}

export type Stage<In, Out> = SingleStage<In, Out> | BatchStage<In, Out>;

/** Of what a pipeline is made: `unknown` from stage to stage, since `Stages` has seen to it that they fit. */
export type ResolvedStage = Required<Omit<SingleStage<unknown, unknown>, 'buffer' | 'runBatch' | 'batch'>> & {
  readonly buffer: number | undefined;
  readonly runBatch?: never;
};
export type ResolvedBatchStage = Required<Omit<BatchStage<unknown, unknown>, 'buffer' | 'run' | 'batch'>> & {
  readonly buffer: number | undefined;
  readonly batch: Required<BatchOptions>;
};

/** Stages in a row, of which each takes what the one before it gives. Made by `stage`. */
export class Stages<In, Out> {
  /** Only so that the compiler tells chains of other types apart. */
  declare protected readonly _types: (item: In) => Out;
  /** @internal */
  readonly all: readonly (ResolvedStage | ResolvedBatchStage)[];

  /** @internal */
  constructor(all: readonly (ResolvedStage | ResolvedBatchStage)[]) {
    this.all = all;
  }

  /** These stages and one more. @throws TypeError or RangeError that names the option and its bound. */
  into<Next>(next: SingleStage<Out, Next>): Stages<In, Awaited<Next>>;
  into<Next>(next: BatchStage<Out, Next>): Stages<In, Next>;
  into(next: Stage<never, unknown>): Stages<In, unknown> {
    const resolved = resolveStage(next);
    if (this.all.some(({ name }) => name === resolved.name))
      throw new RangeError(`name must be another one for each stage, and ${JSON.stringify(resolved.name)} is there twice`);
    return new Stages([...this.all, resolved]);
  }
}

/** The first stage of a pipeline; `.into(…)` adds further ones. @throws TypeError or RangeError that names the option and its bound. */
export function stage<In, Out>(first: SingleStage<In, Out>): Stages<In, Awaited<Out>>;
export function stage<In, Out>(first: BatchStage<In, Out>): Stages<In, Out>;
export function stage(first: Stage<never, unknown>): Stages<never, unknown> {
  return new Stages([resolveStage(first)]);
}

function resolveStage(options: Stage<never, unknown>): ResolvedStage | ResolvedBatchStage {
  const { run, runBatch, batch } = options as Stage<unknown, unknown>;
  const name = checkText('name', options.name);
  const concurrency = checkInteger('concurrency', options.concurrency ?? 1, 1);
  const buffer = options.buffer === undefined ? undefined : checkInteger('buffer', options.buffer, 1);
  if ((typeof run === 'function') === (typeof runBatch === 'function'))
    throw new TypeError(`stage ${JSON.stringify(name)} must have a function run or a function runBatch`);
  if (run !== undefined) {
    if (batch !== undefined) throw new TypeError(`batch of stage ${JSON.stringify(name)} needs runBatch`);
    return { name, run: run.bind(options), concurrency, buffer };
  }
  if (typeof batch !== 'object' || batch === null) throw new TypeError(`stage ${JSON.stringify(name)} must have a batch with a size`);
  const size = checkInteger('batch.size', batch.size, 1);
  const waitMillis = checkNumber('batch.waitMillis', batch.waitMillis ?? 0, 0, MOST_MILLIS);
  return { name, runBatch: runBatch.bind(options), concurrency, buffer, batch: { size, waitMillis } };
}
