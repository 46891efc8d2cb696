import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { CentralizedMetricsCollector, createMetricsHandler, PerformanceMetricReader } from '@otel-perf/metrics';
import { collectorOptions, recordEverything, stopRecording } from './record-everything.ts';

/** An exporter that cannot reach what it exports to. */
class UnreachableExporter implements PushMetricExporter {
  export(_: unknown, done: Parameters<PushMetricExporter['export']>[1]): void {
    done({ code: 1, error: new Error('no route to host') });
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

export interface ServiceOptions {
  name: string;
  instance: string;
  /** Where it pushes to; only to nowhere by default. */
  otlpHttpUrl?: string;
}

export interface RunningService extends AsyncDisposable {
  /** `host:port` of its Prometheus endpoint. */
  readonly address: string;
}

/** Stands for a service: records everything twice a second, pushes as often, and has a Prometheus endpoint. */
export async function startService({ name, instance, otlpHttpUrl }: ServiceOptions): Promise<RunningService> {
  const exporters: PushMetricExporter[] = [new UnreachableExporter()];
  if (otlpHttpUrl !== undefined) exporters.push(new OTLPMetricExporter({ url: `${otlpHttpUrl}/v1/metrics` }));

  // The two are made for each other: the collector asks for the provider only when it records.
  const late: { provider?: MeterProvider } = {};
  const collector = new CentralizedMetricsCollector({
    ...collectorOptions,
    meterProvider: { getMeter: (...args) => late.provider!.getMeter(...args) },
  });
  const reader = new PerformanceMetricReader({ collector, exporters, exportIntervalMillis: 500 });
  const provider = new MeterProvider({
    readers: [reader],
    resource: resourceFromAttributes({ 'service.name': name, 'service.instance.id': instance }),
  });
  late.provider = provider;
  provider
    .getMeter('plug')
    .createObservableGauge('unplugged')
    .addCallback(() => {
      throw new Error('nothing is plugged in');
    });

  const round = setInterval(() => recordEverything(collector), 500);
  const server = createServer(createMetricsHandler(reader)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      clearInterval(round);
      await stopRecording(collector);
      await provider.shutdown();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
