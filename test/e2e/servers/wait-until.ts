import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Default one minute. */
  deadlineMillis?: number;
  /** Default 100. */
  intervalMillis?: number;
  /** What to add to the error when time is up. */
  details?: () => string;
}

/**
 * Calls `attempt` until it gives something other than `undefined` and `false`, and gives that. What it throws counts as "not yet".
 * @throws Error when time is up, with what the last attempt threw as its cause.
 */
export async function waitUntil<Value>(
  what: string,
  attempt: () => Value | Promise<Value>,
  { deadlineMillis = 60_000, intervalMillis = 100, details }: WaitOptions = {},
): Promise<Exclude<Value, undefined | false>> {
  const deadline = performance.now() + deadlineMillis;
  let cause: unknown;
  do {
    /* oxlint-disable no-await-in-loop -- the next attempt is for when this one failed */
    try {
      const value = await attempt();
      if (value !== undefined && value !== false) return value as Exclude<Value, undefined | false>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(intervalMillis);
    /* oxlint-enable no-await-in-loop */
  } while (performance.now() < deadline);
  const reason = cause === undefined ? '' : `: ${String(cause)}`;
  throw new Error(`Waited ${deadlineMillis / 1000} s in vain for ${what}${reason}${details === undefined ? '' : `\n${details()}`}`, {
    cause,
  });
}
