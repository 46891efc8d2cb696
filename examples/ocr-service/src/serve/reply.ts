import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Refusal } from './refusal.ts';

/** How long a client that is answered before it has sent all may go on sending. What it sends is thrown away. */
const LINGER_MILLIS = 1000;

/**
 * Answers, and closes the connection of a client that has not sent all of its body: not before it has had time to read the answer, since a
 * connection that is closed with bytes unread is reset, and the answer lost.
 */
export function reply(response: ServerResponse, status: number, body: unknown, headers: OutgoingHttpHeaders = {}): void {
  const text = `${JSON.stringify(body)}\n`;
  const { req: request } = response;
  const content = { ...headers, 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) };
  if (isAllSent(request)) {
    response.writeHead(status, content).end(text);
    return;
  }
  response.writeHead(status, { ...content, connection: 'close' }).write(text);
  const timer = setTimeout(end, LINGER_MILLIS);
  function end(): void {
    clearTimeout(timer);
    response.end();
  }
  request.once('close', end).once('end', end).resume();
}

export function refuse(response: ServerResponse, { status, reason, message, headers }: Refusal): void {
  reply(response, status, { error: { reason, message } }, headers);
}

/** Also of one that never had a body, which is not read. */
function isAllSent({ complete, headers }: IncomingMessage): boolean {
  return complete || (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0);
}
