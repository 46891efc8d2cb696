import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A Collector in small: takes OTLP metrics as JSON over HTTP and keeps the newest value of every series, by instance. */
export class OtlpReceiver {
  readonly #server: Server;
  /** By `service.instance.id`, metric and attributes. */
  readonly #instances = new Map<string, Map<string, Map<string, number>>>();

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const isExport = request.method === 'POST' && request.url === '/v1/metrics';
      if (isExport) this.#take((await json(request)) as ExportRequest);
      response.writeHead(isExport ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
    });
  }

  /** Variables by which a process pushes here, and nothing else. */
  get variables(): Record<string, string> {
    const { port } = this.#server.address() as AddressInfo;
    return {
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `http://127.0.0.1:${port}/v1/metrics`,
    };
  }

  /** Of every instance: the sum over all series of a metric, of a histogram their counts. */
  totals(metric: string): Map<string, number> {
    const totals = [...this.#instances].map(([instance, metrics]): [string, number] => {
      const series = metrics.get(metric)?.values().toArray() ?? [];
      return [instance, series.reduce((sum, value) => sum + value, 0)];
    });
    return new Map(totals);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #take({ resourceMetrics }: ExportRequest): void {
    for (const { resource, scopeMetrics } of resourceMetrics) {
      const id = resource.attributes.find(({ key }) => key === 'service.instance.id')?.value.stringValue ?? '';
      const instance = getOrAdd(this.#instances, id);
      for (const { name, histogram, sum, gauge } of scopeMetrics.flatMap(({ metrics }) => metrics)) {
        const series = getOrAdd(instance, name);
        for (const point of (histogram ?? sum ?? gauge)?.dataPoints ?? []) {
          series.set(JSON.stringify(point.attributes), Number(point.count ?? point.asInt ?? point.asDouble));
        }
      }
    }
  }
}

function getOrAdd<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const value = map.get(key) ?? new Map<string, Value>();
  map.set(key, value);
  return value;
}

/** As far as it is read here. */
interface ExportRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[] };
    readonly scopeMetrics: readonly { readonly metrics: readonly ExportedMetric[] }[];
  }[];
}

interface ExportedMetric {
  readonly name: string;
  readonly histogram?: Points;
  readonly sum?: Points;
  readonly gauge?: Points;
}

interface Points {
  readonly dataPoints: readonly {
    readonly attributes: unknown;
    readonly count?: number | string;
    readonly asInt?: number | string;
    readonly asDouble?: number;
  }[];
}
