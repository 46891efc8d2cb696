import { diag } from '@opentelemetry/api';

/**
 * As `work`, or rejects with the signal's reason as soon as it is aborted. What `work` gives after that goes to `discard`, and what it throws
 * is of no more interest to anybody.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, discard: (late: T) => void): Promise<T> {
  if (signal === undefined) return work;
  let abort: () => void;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } catch (error) {
    if (signal.aborted) void discardLate(work, discard);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort!);
  }
}

async function discardLate<T>(work: Promise<T>, discard: (late: T) => void): Promise<void> {
  let late: T;
  try {
    late = await work;
  } catch {
    return;
  }
  try {
    discard(late);
  } catch (error) {
    diag.error(`otel-perf: the late result of an aborted call could not be disposed of: ${String(error)}`);
  }
}
