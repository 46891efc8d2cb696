import { TimeoutError } from '@opentelemetry/sdk-metrics';

/** Rejects with the SDK's TimeoutError when `promise` is still pending after `timeoutMillis`; what it stands for may go on. */
export async function withTimeout<T>(promise: Promise<T>, timeoutMillis: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(`${what} took longer than ${timeoutMillis} ms`)), timeoutMillis);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
