import { TimeoutError } from '@opentelemetry/sdk-metrics';

/** Settles as `work` does, or is rejected with a `TimeoutError` after so many milliseconds; `work` then goes on all the same. */
export async function withDeadline(work: Promise<void>, timeoutMillis: number | undefined): Promise<void> {
  if (timeoutMillis === undefined) return work;
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new TimeoutError('Operation timed out.')), timeoutMillis);
  try {
    await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
