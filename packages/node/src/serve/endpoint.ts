import cluster from 'node:cluster';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import { createMetricsHandler, type PerformanceMetricReader } from '@otel-perf/metrics';
import { messageOf, type Problems } from '../problems.ts';
import type { EndpointSettings } from './endpoint-options.ts';

/** Ports that a cluster worker tries beyond the first. */
const WORKER_PORTS = 64;
/** Time for the scrapes that are under way when the endpoint closes. */
const CLOSE_MILLIS = 2000;
const SWEEP_MILLIS = 20;

/**
 * Serves a reader's metrics to Prometheus. Neither it nor its connections keep the process alive; a port that cannot be had is a problem
 * that is reported, and the reader works on without its endpoint.
 */
export class PrometheusEndpoint {
  readonly #server: Server;
  readonly #settings: EndpointSettings;
  readonly #problems: Problems;
  #closed = false;
  /** Settled once it listens, or will not. */
  readonly ready: Promise<void>;

  /** @throws TypeError for an option of the text that is not of its kind. */
  constructor(reader: PerformanceMetricReader, settings: EndpointSettings, problems: Problems) {
    this.#settings = settings;
    this.#problems = problems;
    this.#server = createServer(onlyPath(settings.path, createMetricsHandler(reader, settings.text)));
    // HTTP instrumentations patch `emit` of the prototype: scrapes are not to be among the service's own requests.
    this.#server.emit = EventEmitter.prototype.emit;
    this.#server.on('connection', (socket) => socket.unref());
    this.ready = this.#listen();
  }

  /** Where the metrics are; `undefined` while it does not listen. */
  get url(): string | undefined {
    const address = this.#server.address() as AddressInfo | null;
    if (address === null) return undefined;
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}${this.#settings.path}`;
  }

  /** Lets scrapes that are under way end, for two seconds at most. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.ready;
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    // A connection that is kept alive is idle only once its answer is out.
    const sweep = setInterval(() => this.#server.closeIdleConnections(), SWEEP_MILLIS);
    const timer = setTimeout(() => this.#server.closeAllConnections(), CLOSE_MILLIS);
    await closed;
    clearInterval(sweep);
    clearTimeout(timer);
  }

  async #listen(): Promise<void> {
    const { host, port } = this.#settings;
    // An exclusive port is never shared between the workers of a cluster.
    const last = cluster.isWorker && port !== 0 ? Math.min(port + WORKER_PORTS, 65_535) : port;
    for (let candidate = port; candidate <= last; candidate++) {
      const error = await this.#tryToListen({ host, port: candidate, exclusive: true });
      if (error === undefined) {
        this.#server.unref();
        this.#server.on('error', (later) => this.#failed(port, later));
        return;
      }
      if (error.code !== 'EADDRINUSE' || candidate === last) return this.#failed(candidate, error);
    }
  }

  async #tryToListen(options: ListenOptions): Promise<NodeJS.ErrnoException | undefined> {
    try {
      this.#server.listen(options);
      await once(this.#server, 'listening');
      return undefined;
    } catch (error) {
      return error as NodeJS.ErrnoException;
    }
  }

  #failed(port: number, error: NodeJS.ErrnoException): void {
    if (this.#closed) return;
    const { host } = this.#settings;
    const isTaken = error.code === 'EADDRINUSE';
    const reason = isTaken ? 'the port is in use' : messageOf(error);
    const others = isTaken ? 'OTEL_EXPORTER_PROMETHEUS_PORT' : 'OTEL_EXPORTER_PROMETHEUS_HOST, OTEL_EXPORTER_PROMETHEUS_PORT';
    const remedy = `Choose another with ${others} or the option prometheus`;
    this.#problems.tell(isTaken ? 'port-in-use' : 'endpoint-failed', `No Prometheus endpoint on ${host}:${port}: ${reason}. ${remedy}.`);
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

function onlyPath(path: string, handler: Handler): Handler {
  return (request, response) => {
    if (request.url?.split('?', 1)[0] === path) return handler(request, response);
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end(`The metrics are at ${path}\n`);
  };
}
