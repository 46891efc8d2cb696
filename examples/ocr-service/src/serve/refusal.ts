import type { OutgoingHttpHeaders } from 'node:http';
import { PipelineClosedError, QueueFullError } from '@otel-perf/cpu-pipeline';
import { OutOfMemoryError } from '@otel-perf/memory-pool';
import { ImageError } from '../load/errors.ts';

const RETRY: OutgoingHttpHeaders = { 'retry-after': '1' };

/** Why a request is not answered with a page. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** For programs to tell apart. */
  readonly reason: string;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, reason: string, message: string, headers: OutgoingHttpHeaders = {}) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.headers = headers;
  }
}

/** Nobody gets this: it is for the metrics, with the status that nginx logs. */
export function clientGone(): Refusal {
  return new Refusal(499, 'gone', 'the client is gone');
}

export function tooMany(): Refusal {
  return new Refusal(429, 'queue-full', 'as many images wait as may', RETRY);
}

export function shuttingDown(): Refusal {
  return new Refusal(503, 'shutting-down', 'the service is shutting down', { connection: 'close' });
}

export function timedOut(millis: number): Refusal {
  return new Refusal(503, 'timeout', `it took more than ${millis / 1000} s`, RETRY);
}

/** What is answered where an image was not read; `undefined` for what is the service's own fault. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof ImageError) return new Refusal(422, error.reason, error.message);
  if (error instanceof QueueFullError) return tooMany();
  if (error instanceof PipelineClosedError) return shuttingDown();
  if (error instanceof OutOfMemoryError) return new Refusal(503, 'memory', 'there is no memory for this image now', RETRY);
  return undefined;
}
