import type { IncomingMessage } from 'node:http';
import { MOST_IMAGE_BYTES } from '../load/load-image.ts';
import { clientGone, Refusal } from './refusal.ts';

/**
 * The body of a request. It is paused where it is left before its end.
 *
 * @throws Refusal for too many bytes, as soon as that is known, and for a connection that broke; the signal's reason.
 */
export function readBody(request: IncomingMessage, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const leave = (error: unknown): void => {
      request.off('data', onData).off('end', onEnd).off('error', onError).pause();
      signal.removeEventListener('abort', onAbort);
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > MOST_IMAGE_BYTES) leave(tooLarge());
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      signal.removeEventListener('abort', onAbort);
      resolve(Buffer.concat(chunks, bytes));
    };
    const onError = (): void => leave(clientGone());
    const onAbort = (): void => leave(signal.reason);
    if (signal.aborted) return leave(signal.reason);
    if (Number(request.headers['content-length'] ?? 0) > MOST_IMAGE_BYTES) return leave(tooLarge());
    signal.addEventListener('abort', onAbort);
    request.on('data', onData).on('end', onEnd).on('error', onError);
  });
}

function tooLarge(): Refusal {
  return new Refusal(413, 'too-large', `the body is of more than ${MOST_IMAGE_BYTES} bytes`);
}
