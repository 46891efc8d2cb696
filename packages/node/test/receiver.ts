import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';

/** As OTLP's JSON has it, as far as the tests look at it. */
export interface Otlp {
  resourceMetrics: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeMetrics: { scope: { name: string }; metrics: OtlpMetric[] }[];
  }[];
}

interface OtlpMetric {
  name: string;
  sum?: { dataPoints: { asDouble?: number; asInt?: number | string }[] };
  histogram?: { dataPoints: { count: number | string }[] };
}

export interface Request {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Those of the test that runs: they close with it. */
const open = new Set<Receiver>();
afterEach(async () => {
  await Promise.all([...open].map((each) => each.close()));
});

interface ReceiverOptions {
  /** Nothing is answered. */
  hangs?: boolean;
  /** Answered in turn. Default 200. */
  statuses?: readonly number[];
}

/** Receives OTLP over HTTP. */
export class Receiver {
  readonly requests: Request[] = [];
  readonly #server;
  readonly #waiting = new Set<() => void>();

  constructor({ hangs = false, statuses = [200] }: ReceiverOptions = {}) {
    this.#server = createServer(async (request, response) => {
      const body = await bodyOf(request);
      this.requests.push({ path: request.url!, headers: request.headers, body });
      for (const each of this.#waiting) each();
      const status = statuses[(this.requests.length - 1) % statuses.length]!;
      if (!hangs) response.writeHead(status, { 'content-type': request.headers['content-type']! }).end(isJson(request.headers) ? '{}' : '');
    });
  }

  /** @returns the variables that have metrics pushed to it as JSON. */
  async listen(): Promise<Record<string, string>> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    open.add(this);
    const { port } = this.#server.address() as AddressInfo;
    return {
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    };
  }

  /** Once there have been `count` requests. */
  async received(count: number): Promise<void> {
    while (this.requests.length < count) {
      // oxlint-disable-next-line no-await-in-loop -- until they have come
      await new Promise<void>((resolve) => {
        const done = () => {
          this.#waiting.delete(done);
          resolve();
        };
        this.#waiting.add(done);
      });
    }
  }

  /** The sum over the data points of a counter, or the count of a histogram, in every JSON request that has it. */
  values(name: string): number[] {
    return this.requests.flatMap(({ body }) => {
      const metric = metricsOf(JSON.parse(body.toString()) as Otlp).find((each) => each.name === name);
      return metric === undefined ? [] : [total(metric)];
    });
  }

  async close(): Promise<void> {
    open.delete(this);
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function metricsOf({ resourceMetrics }: Otlp): OtlpMetric[] {
  return resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
}

function total({ sum, histogram }: OtlpMetric): number {
  const values =
    sum?.dataPoints.map(({ asDouble, asInt }) => Number(asDouble ?? asInt)) ?? histogram!.dataPoints.map(({ count }) => Number(count));
  return values.reduce((all, each) => all + each, 0);
}

function isJson(headers: IncomingHttpHeaders): boolean {
  return headers['content-type'] === 'application/json';
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
