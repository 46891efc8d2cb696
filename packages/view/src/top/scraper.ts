import { readPicture } from '../read/read-picture.ts';
import type { Failure } from './header.ts';
import type { Reading } from './history.ts';

/** Seconds of a clock that never goes back. */
export function now(): number {
  return performance.now() / 1e3;
}

/** One scrape. Rejects with an Error whose message says why there is none. */
export async function scrape(url: string, signal?: AbortSignal): Promise<Reading> {
  const at = now();
  const picture = await readPicture(url, signal === undefined ? {} : { signal });
  return { picture, at, tookSeconds: now() - at };
}

/** The failure after another scrape, which began `at` and failed with `error`. */
export function failureAfter(failure: Failure | undefined, error: unknown, at: number): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return { message, tries: (failure?.tries ?? 0) + 1, since: failure?.since ?? at };
}
