import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { acceptsGzip } from './accept.ts';
import { answerFailure, isScrape } from './answer.ts';
import type { PrometheusOptions } from './options.ts';
import { Scrape, type ScrapedReader } from './scrape.ts';
import { PrometheusTextSerializer } from './serializer.ts';

/**
 * A request listener for `node:http` that answers every request with the reader's metrics, whatever its path: route before it.
 *
 * - GET and HEAD, else 405. gzip where the client takes it. 500 if the collection rejects, or gives errors and no metric at all;
 *   what could be collected is served with 200, and the errors go to `diag.error`.
 * - A collection waits for asynchronous callbacks as long as the reader's `collectTimeoutMillis` says (5 s for other readers): keep it below
 *   Prometheus' `scrape_timeout`.
 * - Requests that come while a scrape is being collected and written share it: one collection, one serialisation.
 * - Serialising pauses for other work about every 2 ms; the collection itself is the reader's and is not broken up. A slow client
 *   holds up nobody, but the text stays in memory until it has it. When all clients are gone, work stops.
 * - Never throws and leaves no rejection unhandled.
 *
 * @throws TypeError on creation, for a bad option.
 */
export function createMetricsHandler(
  reader: ScrapedReader,
  options: PrometheusOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  const serializer = new PrometheusTextSerializer(options);
  let current: Scrape | undefined;

  const join = (): Scrape => {
    if (current === undefined) {
      const scrape = new Scrape(reader, serializer, () => {
        if (current === scrape) current = undefined;
      });
      current = scrape;
    }
    current.join();
    return current;
  };

  return (request, response) => {
    if (isScrape(request, response)) void respond(join(), request, response);
  };
}

async function respond(scrape: Scrape, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let isJoined = true;
  const leave = (): void => {
    if (isJoined) scrape.leave();
    isJoined = false;
  };
  response.once('close', leave);
  try {
    await scrape.ready;
    if (response.destroyed) return;
    const gzip = acceptsGzip(request.headers['accept-encoding']);
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    response.setHeader('vary', 'accept-encoding');
    if (gzip) response.setHeader('content-encoding', 'gzip');
    if (request.method === 'HEAD') response.end();
    else if (gzip) await pipeline(scrape.read(), createGzip({ level: 1 }), response);
    else await pipeline(scrape.read(), response);
  } catch (error) {
    answerFailure(response, error);
  } finally {
    leave();
  }
}
