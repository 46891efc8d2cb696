import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMetricsHandler, getMetricsCollector, type PerformanceMetricReader } from '@otel-perf/metrics';
import type { OcrPipeline } from '../pipeline/ocr-pipeline.ts';
import { readBody } from './body.ts';
import { clientGone, Refusal, refusalOf, shuttingDown, timedOut, tooMany } from './refusal.ts';
import { refuse, reply } from './reply.ts';

export interface OcrServerOptions {
  /** 0 for one that is free. */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** How long a request may take, its upload included. Default 30,000. */
  readonly timeoutMillis?: number;
  /** Images that are uploaded at a time, at most, which bounds their memory. Default 16. */
  readonly maxUploads?: number;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface Route {
  readonly methods: readonly string[];
  readonly handle: Handler;
}

const IMAGE_TYPE = /^(image\/[\w.+-]+|application\/octet-stream)\s*(;|$)/i;
/** How long connections may stay open after the last image, before they are cut. */
const GRACE_MILLIS = 2000;

/** `POST /ocr`, `GET /metrics` and `GET /healthz` on one port. The pipeline and the reader stay their owner's to close. */
export class OcrServer {
  readonly #ocr: OcrPipeline;
  readonly #server: Server;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #timeoutMillis: number;
  readonly #maxUploads: number;
  readonly #uploads = new Set<AbortController>();
  #draining = false;

  /** Resolves when it listens. @throws What listening throws, such as for a port in use. */
  static async listen(ocr: OcrPipeline, reader: PerformanceMetricReader, options: OcrServerOptions): Promise<OcrServer> {
    const server = new OcrServer(ocr, reader, options);
    server.#server.listen(options.port, options.host ?? '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  private constructor(ocr: OcrPipeline, reader: PerformanceMetricReader, { timeoutMillis = 30_000, maxUploads = 16 }: OcrServerOptions) {
    this.#ocr = ocr;
    this.#timeoutMillis = timeoutMillis;
    this.#maxUploads = maxUploads;
    this.#routes = new Map<string, Route>([
      ['/ocr', { methods: ['POST'], handle: (request, response) => void this.#read(request, response) }],
      ['/metrics', { methods: ['GET', 'HEAD'], handle: createMetricsHandler(reader) }],
      ['/healthz', { methods: ['GET', 'HEAD'], handle: (_, response) => this.#health(response) }],
    ]);
    this.#server = createServer((request, response) => this.#route(request, response));
  }

  get url(): string {
    const { address, family, port } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  /** Answers new images with 503, and those that are being uploaded; resolves when all that run are answered and all connections closed. */
  async close(): Promise<void> {
    this.#draining = true;
    for (const upload of this.#uploads) upload.abort(shuttingDown());
    await this.#ocr.drain();
    const closed = once(this.#server, 'close');
    this.#server.close();
    const timer = setTimeout(() => this.#server.closeAllConnections(), GRACE_MILLIS);
    await closed;
    clearTimeout(timer);
  }

  #route(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!.split('?', 1)[0]!;
    const route = this.#routes.get(path);
    if (route === undefined) refuse(response, new Refusal(404, 'path', `there is ${[...this.#routes.keys()].join(', ')}, and no ${path}`));
    else if (route.methods.includes(request.method!)) route.handle(request, response);
    else {
      const allow = route.methods.join(', ');
      refuse(response, new Refusal(405, 'method', `${path} takes ${allow}, not ${request.method}`, { allow }));
    }
  }

  #health(response: ServerResponse): void {
    if (this.#draining) refuse(response, shuttingDown());
    else reply(response, 200, { status: 'ok' });
  }

  async #read(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(timedOut(this.#timeoutMillis)), this.#timeoutMillis);
    response.once('close', () => controller.abort(clientGone()));
    let status = 200;
    try {
      const image = await this.#upload(request, controller);
      const startedAt = performance.now();
      const { text, lines, pixels } = await this.#ocr.submit(image, controller);
      reply(response, status, { text, lines, pixels, seconds: (performance.now() - startedAt) / 1e3 }, this.#connection);
    } catch (error) {
      const refusal = refusalOf(error) ?? new Refusal(500, 'internal', 'the image could not be read');
      if (refusal.status === 500) console.error(error);
      status = refusal.status;
      if (!response.destroyed) refuse(response, refusal);
    } finally {
      clearTimeout(timer);
    }
    getMetricsCollector().recordCounter('ocr_requests', 1, 'ocr_service', { status });
  }

  async #upload(request: IncomingMessage, controller: AbortController): Promise<Uint8Array> {
    const type = request.headers['content-type'] ?? 'nothing';
    if (!IMAGE_TYPE.test(type)) throw new Refusal(415, 'content-type', `the body must be image/* or application/octet-stream, not ${type}`);
    if (this.#draining) throw shuttingDown();
    if (this.#uploads.size >= this.#maxUploads) throw tooMany();
    this.#uploads.add(controller);
    try {
      return await readBody(request, controller.signal);
    } finally {
      this.#uploads.delete(controller);
    }
  }

  get #connection(): { connection?: 'close' } {
    return this.#draining ? { connection: 'close' } : {};
  }
}
