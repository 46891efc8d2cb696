/** The worker thread that ran a call ended before the call did: it crashed, or somebody ended it. The next call gets a new thread. */
export class WorkerExitError extends Error {
  override readonly name = 'WorkerExitError';
  readonly model: string;

  constructor(model: string, reason: string, options?: ErrorOptions) {
    super(`the worker thread of model ${JSON.stringify(model)} ended while it ran this call: ${reason}`, options);
    this.model = model;
  }
}

/** The model was closed before the call, or before the call had its turn. */
export class ModelClosedError extends Error {
  override readonly name = 'ModelClosedError';

  constructor(model: string) {
    super(`model ${JSON.stringify(model)} is closed`);
  }
}

/** The worker thread ended, but not in this call, which has brought nothing: another thread may run it. */
export class LostCallError extends Error {
  override readonly name = 'LostCallError';
  declare readonly cause: WorkerExitError;
  /** Whether it ended in another call, rather than between calls. */
  readonly inAnother: boolean;

  constructor(cause: WorkerExitError, inAnother: boolean) {
    super('the worker thread ended, but not in this call', { cause });
    this.inAnother = inAnother;
  }
}
