/** What a pipeline answers that is closed, or that takes nothing new while it drains. */
export class PipelineClosedError extends Error {
  override readonly name = 'PipelineClosedError';
}

/** What `submit` answers while `maxQueued` items wait in front of the first stage. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** What fails the items of a batch whose `runBatch` did not give one result for each. */
export class BatchResultError extends Error {
  override readonly name = 'BatchResultError';
}
