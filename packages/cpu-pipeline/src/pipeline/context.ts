/** Something to be disposed of, such as a block of a memory pool. One that is both is disposed of asynchronously. */
export type Resource = Disposable | AsyncDisposable;

/**
 * What a stage knows of the item that it works on, and ties to it. Its methods are called on it: `context.own(block)`.
 *
 * Resources are disposed of once, the newest first, when the item has left the pipeline: after its last stage, where it failed, or where it
 * was cancelled; never while a call of a stage has it, whether or not that one heeds the signal. What disposing throws is logged through
 * OpenTelemetry's `diag`.
 */
export interface ItemContext {
  /** Place in the items of the run, from 0; 0 for one that was submitted. */
  readonly index: number;
  /** Name of the stage that works on it now. */
  readonly stage: string;
  /** Aborted when the item is cancelled: its result will be dropped. */
  readonly signal: AbortSignal;
  /**
   * Ties `resource` to the item, and gives it back. For an item that has left already, it is disposed of at once.
   * @throws TypeError for what cannot be disposed of.
   */
  own<R extends Resource>(resource: R): R;
  /** Takes `resource` back from the item: it is the caller's to dispose of. `false` where the item does not have it. */
  release(resource: Resource): boolean;
  /**
   * As `own`, for what is in the result: whoever gets the outcome has to dispose of it. Where nobody gets it, since the item fails or is
   * cancelled in a later stage, or since the run is left before, the pipeline does.
   */
  deliver<R extends Resource>(resource: R): R;
}

/** What a stage knows of a batch. */
export interface BatchContext {
  readonly stage: string;
  /** Of each item, in the order of the batch. */
  readonly items: readonly ItemContext[];
  /** Aborted once all items of the batch are cancelled. */
  readonly signal: AbortSignal;
  /** Ties `resource` to all items of the batch: it is disposed of once, when the last of them has left. */
  own<R extends Resource>(resource: R): R;
}
