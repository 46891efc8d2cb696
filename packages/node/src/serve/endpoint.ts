import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, ListenOptions } from 'node:net';
import { messageOf, type Problems } from '../problems.ts';
import type { EndpointSettings } from './endpoint-options.ts';
import { guarded, type Handler } from './guard.ts';
import { Page } from './page/page.ts';

/** Time for the scrapes that are under way when the endpoint closes. */
const CLOSE_MILLIS = 2000;
const SWEEP_MILLIS = 20;
/** How often clients are looked for that are slow to send their requests. */
const MOST_CHECK_MILLIS = 5000;

/** What is served. */
export interface Metrics {
  /** Answers a scrape. It need not look at path and permission. */
  readonly handler: Handler;
  /** The text that a scrape gets, as of now. */
  text(): AsyncIterable<Uint8Array>;
}

/**
 * Serves metrics to Prometheus, and a page of them to a browser where that is asked for. Neither it nor its connections keep the
 * process alive; a port that cannot be had is a problem that is reported, and what is collected goes on without its endpoint.
 */
export class PrometheusEndpoint {
  readonly #server: Server;
  readonly #settings: EndpointSettings;
  readonly #problems: Problems;
  #closed = false;
  /** Why it cannot listen. */
  #unfit: unknown;
  /** Settled once it listens, or will not. */
  readonly ready: Promise<void>;

  constructor(metrics: Metrics, settings: EndpointSettings, problems: Problems) {
    this.#settings = settings;
    this.#problems = problems;
    const source = { text: () => metrics.text(), from: () => this.url ?? 'this process' };
    const page = settings.page ? new Page(source, problems) : undefined;
    this.#server = this.#create(guarded(new Map([...(page?.handlers ?? []), [settings.path, metrics.handler]]), settings));
    // HTTP instrumentations patch `emit` of the prototype: scrapes are not to be among the service's own requests.
    this.#server.emit = EventEmitter.prototype.emit;
    this.#server.on('connection', (socket) => socket.unref());
    this.ready = Promise.all([this.#listen(), page?.ready]).then(() => undefined);
  }

  /** Where the metrics are; `undefined` while it does not listen. */
  get url(): string | undefined {
    const address = this.#server.address() as AddressInfo | null;
    if (address === null) return undefined;
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `${this.#settings.tls === undefined ? 'http' : 'https'}://${host}:${address.port}${this.#settings.path}`;
  }

  /** The port, where it listens. */
  get port(): number | undefined {
    return (this.#server.address() as AddressInfo | null)?.port;
  }

  /** Which a request has to bring; `undefined` for none. */
  get bearerToken(): string | undefined {
    return this.#settings.bearerToken;
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

  #create(handler: Handler): Server {
    const { scrapeTimeoutMillis: most, tls } = this.#settings;
    const options: ServerOptions = {
      headersTimeout: most,
      requestTimeout: most,
      connectionsCheckingInterval: Math.min(most, MOST_CHECK_MILLIS),
    };
    if (tls === undefined) return createServer(options, handler);
    try {
      const files = { key: readFileSync(tls.keyFile), cert: readFileSync(tls.certFile) };
      return createTlsServer({ ...options, ...files, handshakeTimeout: most }, handler);
    } catch (error) {
      this.#unfit = error;
      return createServer();
    }
  }

  async #listen(): Promise<void> {
    const { host, port, lastPort: last } = this.#settings;
    if (this.#unfit !== undefined) return this.#failedTls();
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

  #failedTls(): void {
    const { host, port, tls } = this.#settings;
    const files = `${tls!.keyFile || 'no key'} and ${tls!.certFile || 'no certificate'}`;
    const remedy = 'OTEL_PERF_PROMETHEUS_TLS_KEY and OTEL_PERF_PROMETHEUS_TLS_CERTIFICATE, or the option prometheus.tls, name both';
    const reason = `${files} cannot be used for TLS: ${messageOf(this.#unfit)}`;
    this.#problems.tell('endpoint-failed', `No Prometheus endpoint on ${host}:${port}: ${reason}. ${remedy}.`);
  }
}
