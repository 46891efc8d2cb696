import { connect, type Socket } from 'node:net';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { createPerformanceReader, type PerformanceReader, type ReaderOptions } from '../src/index.ts';

export interface Served {
  readonly reader: PerformanceReader;
  readonly collector: CentralizedMetricsCollector;
  readonly provider: MeterProvider;
  readonly url: string;
}

/** A reader with an endpoint on a free port, in a MeterProvider of its own. */
export async function serve(prometheus: Exclude<ReaderOptions['prometheus'], boolean> = {}, options: ReaderOptions = {}): Promise<Served> {
  let provider: MeterProvider | undefined;
  const late = { getMeter: (...args: Parameters<MeterProvider['getMeter']>) => provider!.getMeter(...args) };
  const collector = new CentralizedMetricsCollector({ meterProvider: late });
  const reader = createPerformanceReader({ collector, prometheus: { port: 0, ...prometheus }, ...options });
  provider = new MeterProvider({ readers: [reader] });
  return { reader, collector, provider, url: await listening(reader) };
}

/** There is nothing to wait for but the URL: who makes a reader by himself need not know when it listens. */
export async function listening(reader: PerformanceReader): Promise<string> {
  while (reader.prometheusUrl === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  return reader.prometheusUrl;
}

/** A connection on which a GET was sent, and all that came back on it. */
export class RawRequest {
  readonly socket: Socket;
  readonly ended: Promise<void>;
  received = '';

  constructor(url: string) {
    const { hostname, port, pathname } = new URL(url);
    this.socket = connect(Number(port), hostname).setEncoding('utf8');
    this.socket.on('data', (text: string) => void (this.received += text));
    this.socket.on('error', () => {});
    this.ended = new Promise((resolve) => void this.socket.once('close', () => resolve()));
    this.socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: keep-alive\r\n\r\n`);
  }
}
