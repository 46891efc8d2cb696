import type { IncomingMessage, ServerResponse } from 'node:http';
import { diag } from '@opentelemetry/api';

/** Whether a request is to be answered with metrics. Another one is refused; what goes wrong with the response from then on is told. */
export function isScrape({ method }: IncomingMessage, response: ServerResponse): boolean {
  response.on('error', (error) => diag.debug('Prometheus scrape: response failed', error));
  if (method === 'GET' || method === 'HEAD') return true;
  response.writeHead(405, { allow: 'GET, HEAD', 'content-type': 'text/plain; charset=utf-8' }).end('method not allowed\n');
  return false;
}

/** Status 500 where nothing was answered yet; an answer that is under way is cut off. */
export function answerFailure(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) {
    diag.debug('Prometheus scrape: response ended early', error);
    response.destroy();
    return;
  }
  diag.error('Prometheus scrape failed', error);
  response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end('metrics collection failed\n');
}
