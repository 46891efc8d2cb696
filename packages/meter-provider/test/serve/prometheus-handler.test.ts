import { once } from 'node:events';
import { createServer, request as send, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { diag } from '@opentelemetry/api';
import { PerformanceMetricReader, PrometheusTextSerializer } from '@otel-perf/metrics';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { Catalogue, createPrometheusHandler, MeterProvider, TextPages, type PrometheusHandlerOptions } from '../../src/index.ts';

const nothing = (): void => {};
const SILENT = { error: nothing, warn: nothing, info: nothing, debug: nothing, verbose: nothing };

let server: Server | undefined;
let provider: MeterProvider;

afterEach(async () => {
  server?.close();
  server?.closeAllConnections();
  await provider.shutdown();
});

async function serve(options?: PrometheusHandlerOptions, path = '/metrics', headers: Record<string, string> = {}) {
  if (server === undefined || !server.listening) {
    server = createServer(createPrometheusHandler(provider, options)).listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const { port } = server.address() as AddressInfo;
  const request = send({ host: '127.0.0.1', port, path, headers }).end();
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, type: response.headers['content-type'], text: Buffer.concat(chunks).toString() };
}

function record(): void {
  const meter = provider.getMeter('shop');
  meter.createCounter('orders', { description: 'Orders.' }).add(3, { paid: true });
  meter.createHistogram('latency', { unit: 's', advice: { explicitBucketBoundaries: [1, 2] } }).record(1.5);
}

describe('the handler of a provider in its own thread', () => {
  test('serves what is recorded, as the pages of its memory and as a reader of the provider has it', async () => {
    const reader = new PerformanceMetricReader();
    provider = new MeterProvider({ readers: [reader], resource: resourceFromAttributes({ 'service.name': 'shop' }) });
    record();
    const { status, type, text } = await serve();
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    const pages = new TextPages(new Catalogue(provider.arena), { resource: provider.resource });
    expect(text).toBe(Buffer.concat([...pages.chunks()]).toString());
    const lines = (whole: string): string[] => whole.split('\n').map((line) => line.replace(/ +(?=\S+$)/, ' '));
    expect(lines(text)).toEqual(lines(new PrometheusTextSerializer().serialize((await reader.collect()).resourceMetrics)));
  });

  test('asks the observable instruments of this thread first, each time', async () => {
    provider = new MeterProvider();
    let asked = 0;
    provider
      .getMeter('shop')
      .createObservableGauge('stock')
      .addCallback((result) => result.observe(++asked));
    const values: (string | undefined)[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    for (let i = 0; i < 3; i++) values.push(/^stock\b.* (\d+)$/m.exec((await serve()).text)?.[1]);
    expect(values).toEqual(['1', '2', '3']);
  });

  test('gives OpenMetrics to who prefers it, and the families that are named', async () => {
    provider = new MeterProvider();
    record();
    const { type, text } = await serve({}, '/metrics?name[]=orders', { accept: 'application/openmetrics-text; version=1.0.0' });
    expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text).toContain('orders_total{');
    expect(text).toMatch(/# EOF\n$/);
    expect(text).not.toContain('latency');
  });

  test('waits for the asynchronous attributes of the resource', async () => {
    const name = Promise.withResolvers<string>();
    provider = new MeterProvider({ resource: resourceFromAttributes({ 'host.name': name.promise }) });
    record();
    const answer = serve();
    name.resolve('later');
    expect((await answer).text).toContain('host_name="later"');
  });

  test('tells what callbacks threw, and does not wait for ever for one that hangs', async () => {
    const errors: unknown[] = [];
    diag.setLogger({ ...SILENT, error: (...parts) => errors.push(...parts) });
    provider = new MeterProvider();
    record();
    let calls = 0;
    const failure = new Error('broken');
    const meter = provider.getMeter('shop');
    meter.createObservableGauge('broken').addCallback(() => {
      throw failure;
    });
    meter.createObservableGauge('hangs').addCallback(async (result) => {
      if (++calls === 1) await new Promise(() => {});
      result.observe(calls);
    });
    const first = await serve();
    expect(first.text).toContain('orders_total{');
    expect(first.text).not.toContain('hangs');
    expect(errors).toContain(failure);
    expect((await serve()).text).toMatch(/^hangs\b.* 2$/m);
    diag.disable();
  }, 30_000);

  test('calls no callback of a provider that was shut down', async () => {
    provider = new MeterProvider();
    record();
    let calls = 0;
    provider
      .getMeter('shop')
      .createObservableGauge('stock')
      .addCallback(() => void calls++);
    await serve();
    await provider.shutdown();
    expect((await serve()).text).toContain('orders_total{');
    expect(calls).toBe(1);
  });

  test.each<[PrometheusHandlerOptions, string]>([
    [{ observeTimeoutMillis: -1 }, 'observeTimeoutMillis must be from 0 to 2147483647, not -1'],
    [{ naming: 'other' as never }, 'naming'],
  ])('refuses %j', (options, message) => {
    provider = new MeterProvider();
    expect(() => createPrometheusHandler(provider, options)).toThrow(message);
  });
});
