import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { Meter } from '@opentelemetry/api';

/** A Prometheus endpoint with what a real MeterProvider has, which can be taken down and up again at the same address. */
export class TestEndpoint {
  readonly #exporter = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true, withoutTargetInfo: true });
  readonly #provider = new MeterProvider({ readers: [this.#exporter] });
  readonly meter: Meter = this.#provider.getMeter('test');
  #server: Server | undefined;
  #port = 0;
  scrapes = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}/metrics`;
  }

  async up(): Promise<this> {
    this.#server = createServer((request, response) => {
      this.scrapes++;
      this.#exporter.getMetricsRequestHandler(request, response);
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  async close(): Promise<void> {
    await this.down();
    await this.#provider.shutdown();
  }
}
