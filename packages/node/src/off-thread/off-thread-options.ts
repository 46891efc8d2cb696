import { checkFlag, checkInteger, checkKnown } from '../options/check.ts';
import type { Environment } from '../options/environment.ts';

export interface OffThreadOptions {
  /**
   * Room for all series of all threads, in bytes. The system gives the memory as it is touched. Where it is full, further series are counted
   * in the overflow series of their instrument. Default 64 MiB; from 1 MiB to 2 GiB.
   */
  reserveBytes?: number;
  /**
   * How long a scrape or push of the worker waits for the callbacks of observable instruments, in milliseconds, at most: less for threads
   * that are known to answer sooner. Of a thread that is blocked it has the values of the last time. Default 100; from 0.
   */
  observeTimeoutMillis?: number;
}

export type OffThreadSettings = Required<OffThreadOptions>;

const MEBIBYTE = 2 ** 20;

/**
 * `undefined` where metrics stay in the thread.
 * @throws TypeError or RangeError for an option that is unknown or out of its bounds.
 */
export function resolveOffThread(option: boolean | OffThreadOptions, environment: Environment): OffThreadSettings | undefined {
  const given = typeof option === 'object' ? option : {};
  checkKnown('offThread', given, ['reserveBytes', 'observeTimeoutMillis']);
  const { reserveBytes = 64 * MEBIBYTE, observeTimeoutMillis = 100 } = given;
  const settings = {
    reserveBytes: checkInteger('offThread.reserveBytes', reserveBytes, MEBIBYTE, 2048 * MEBIBYTE),
    observeTimeoutMillis: checkInteger('offThread.observeTimeoutMillis', observeTimeoutMillis, 0, 60_000),
  };
  const wanted = environment.flag('OTEL_PERF_OFF_THREAD') ?? (typeof option === 'object' || checkFlag('offThread', option));
  return wanted ? settings : undefined;
}
