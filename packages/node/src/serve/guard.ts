import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EndpointSettings } from './endpoint-options.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Lets a request pass that asks for a path that there is, may have it, and is not one too many. One whose answer takes too long is cut off. */
export function guarded(
  handlers: ReadonlyMap<string, Handler>,
  { path, bearerToken, maxScrapes, scrapeTimeoutMillis }: EndpointSettings,
): Handler {
  const mayRead = bearerToken === undefined ? () => true : tokenCheck(bearerToken);
  let scrapes = 0;
  return (request, response) => {
    const handler = handlers.get(request.url!.split('?', 1)[0]!);
    if (handler === undefined) return refuse(response, 404, `The metrics are at ${path}\n`);
    if (!mayRead(request)) return refuse(response, 401, 'a bearer token is wanted\n', { 'www-authenticate': 'Bearer realm="metrics"' });
    if (scrapes === maxScrapes) return refuse(response, 503, 'too many scrapes at once\n', { 'retry-after': '1' });
    scrapes++;
    const timer = setTimeout(() => response.destroy(), scrapeTimeoutMillis).unref();
    response.once('close', () => {
      clearTimeout(timer);
      scrapes--;
    });
    handler(request, response);
  };
}

/** Takes as long whatever the token is, so that nothing of the right one can be found out by trying. */
function tokenCheck(token: string): (request: IncomingMessage) => boolean {
  const right = digest(token);
  return ({ headers }) => {
    const given = /^bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1];
    return given !== undefined && timingSafeEqual(digest(given), right);
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refuse(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(text);
}
