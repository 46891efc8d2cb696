import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { MeterProvider } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { CentralizedMetricsCollector, MetricType, PerformanceMetricReader } from '@otel-perf/metrics';
import { allPoints, normalise, toMillis } from './normalise.ts';
import { PROVIDERS, type CreateProvider } from './providers.ts';

const resource = resourceFromAttributes({ 'service.name': 'conformance' });

function instrumentsOf(provider: MeterProvider): () => void {
  const meter = provider.getMeter('test', '1');
  const requests = meter.createCounter('http.requests', { description: 'Requests "served".', unit: '{request}' });
  const connections = meter.createUpDownCounter('connections');
  const duration = meter.createHistogram('duration', { unit: 's', advice: { explicitBucketBoundaries: [0.5, 1] } });
  const temperature = meter.createGauge('temperature');
  let observed = 0;
  meter.createObservableCounter('cpu.time', { unit: 's' }).addCallback((result) => result.observe(++observed, { cpu: 0 }));
  meter.createObservableGauge('memory', { unit: 'By' }).addCallback((result) => result.observe(1024 * observed));
  return () => {
    requests.add(2, { route: '/', 'http.method': 'GET' });
    requests.add(1, { route: '/"\\\n', 'http.method': 'GET' });
    connections.add(-3);
    duration.record(0.75, { route: '/' });
    duration.record(5, { route: '/' });
    temperature.record(-1.5);
  };
}

/** A server of the exporter's own would have a port that nobody knows. */
async function scrape(exporter: PrometheusExporter): Promise<string> {
  const server = createServer((request, response) => exporter.getMetricsRequestHandler(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`, {
      headers: { connection: 'close' },
    });
    return await response.text();
  } finally {
    server.close();
  }
}

async function scrapes(create: CreateProvider): Promise<string[]> {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const provider = create({ readers: [exporter], resource });
  const record = instrumentsOf(provider);
  const texts: string[] = [await scrape(exporter)];
  for (let i = 0; i < 2; i++) {
    record();
    texts.push(await scrape(exporter));
  }
  await provider.shutdown();
  return texts;
}

describe.each(PROVIDERS)('readers: %s', (_, create) => {
  it.each([
    ['cumulative', AggregationTemporality.CUMULATIVE, [3, 6, 6]],
    ['delta', AggregationTemporality.DELTA, [3, 3, undefined]],
  ])('the periodic one with an exporter: %s', async (_name, temporality, requests) => {
    const exporter = new KeepingExporter(temporality);
    const provider = create({ readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 })], resource });
    const record = instrumentsOf(provider);
    for (let i = 0; i < 2; i++) {
      record();
      await provider.forceFlush();
    }
    await provider.shutdown();
    expect(exporter.exported).toHaveLength(3);
    expect(exporter.exported.map((data) => data.resource.attributes)).toEqual(
      exporter.exported.map(() => ({ 'service.name': 'conformance' })),
    );
    const sums = exporter.exported.map((data) =>
      normalise(data)
        .find(({ name }) => name === 'http.requests')
        ?.points.map(([, value]) => value as number)
        .reduce((sum, value) => sum + value, 0),
    );
    expect(sums).toEqual(requests);
  });

  it("the official Prometheus exporter's text", async () => {
    const [empty, first, second] = await scrapes(create);
    expect(empty).toContain('target_info{service_name="conformance"} 1');
    expect(first).toContain('http_requests_total{route="/",http_method="GET",otel_scope_name="test",otel_scope_version="1"} 2');
    expect(first).toContain('duration_bucket{route="/",otel_scope_name="test",otel_scope_version="1",le="1"} 1');
    expect(second).toContain('duration_sum{route="/",otel_scope_name="test",otel_scope_version="1"} 11.5');
    expect(second).toContain('connections{otel_scope_name="test",otel_scope_version="1"} -6');
  });

  it('ours, with exporters of both temporalities', async () => {
    const exporters = [new KeepingExporter(AggregationTemporality.DELTA), new KeepingExporter(AggregationTemporality.CUMULATIVE)];
    let current: MeterProvider;
    const meterProvider: MeterProvider = { getMeter: (...scope) => current.getMeter(...scope) };
    const collector = new CentralizedMetricsCollector({ meterProvider });
    const reader = new PerformanceMetricReader({ collector, exporters });
    const provider = create({ readers: [reader], resource });
    current = provider;
    const record = instrumentsOf(provider);
    for (let i = 0; i < 2; i++) {
      record();
      collector.recordMetric('step', 0.25, MetricType.TIME, 'conformance');
      await reader.forceFlush();
    }
    const snapshot = await reader.snapshot();
    const value = (name: string) => snapshot.filter((metric) => metric.name === name).map((metric) => metric.value);
    expect(value('http.requests')).toEqual([4, 2]);
    expect(value('connections')).toEqual([-6]);
    expect(value('temperature')).toEqual([-1.5]);
    expect(snapshot.find(({ name }) => name === 'step')).toMatchObject({ source: 'conformance', type: MetricType.TIME });
    await provider.shutdown();
    const points = exporters.map(({ exported }) =>
      exported.map((data) => normalise(data).filter(({ scope, type }) => scope.name === 'test' && !type.startsWith('OBSERVABLE_'))),
    );
    const values = points.map((collections) =>
      collections.map((metrics) => Object.fromEntries(metrics.map(({ name, points: all }) => [name, all.map(([, one]) => one)]))),
    );
    expect(values[0]!.slice(0, 2).map((metrics) => metrics['http.requests'])).toEqual([
      [2, 1],
      [2, 1],
    ]);
    expect(values[1]!.slice(0, 2).map((metrics) => metrics['http.requests'])).toEqual([
      [2, 1],
      [4, 2],
    ]);
    const histograms = values.map((collections) => collections[1]!['duration'] as { count: number; sum: number }[]);
    expect(histograms.map(([histogram]) => [histogram!.count, histogram!.sum])).toEqual([
      [2, 5.75],
      [4, 11.5],
    ]);
    for (const { exported } of exporters)
      for (const { startTime, endTime } of exported.flatMap(allPoints)) expect(toMillis(startTime)).toBeLessThanOrEqual(toMillis(endTime));
  });
});

describe('the two side by side', () => {
  it('make the same Prometheus text', async () => {
    const [sdk, ours] = await Promise.all(PROVIDERS.map(([, create]) => scrapes(create)));
    expect(ours).toEqual(sdk);
  });
});

/** Keeps what was exported beyond its shutdown. */
class KeepingExporter extends InMemoryMetricExporter {
  readonly exported: ResourceMetrics[] = [];

  override export(...[metrics, callback]: Parameters<InMemoryMetricExporter['export']>): void {
    this.exported.push(metrics);
    super.export(metrics, callback);
  }
}
