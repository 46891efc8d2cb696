import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import type { CollectionResult } from '@opentelemetry/sdk-metrics';
import { createPerformanceReader } from '../src/index.ts';
import { run, start, REGISTER } from './run.ts';
import { listening, RawRequest, serve, type Served } from './served.ts';

const get = async (url: string | URL) => {
  const response = await fetch(url);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

describe('the endpoint', () => {
  let served: Served;
  beforeEach(async () => {
    served = await serve();
    served.collector.recordCounter('orders', 3, 'shop');
  });
  afterEach(() => served.provider.shutdown());

  test('serves the metrics on this machine alone, at /metrics, to queries as well', async () => {
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/metrics$/);
    const scrape = {
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      text: expect.stringMatching(/^orders_total\{.*\} 3$/m),
    };
    expect(await get(served.url)).toEqual(scrape);
    expect(await get(`${served.url}?name[]=orders`)).toEqual(scrape);
  });

  test.each(['/', '/metrics/', '/metricsx', '/metric', '//metrics', '/METRICS'])(
    'answers 404 at %s, and says where the metrics are',
    async (path) => {
      const { reader, url } = served;
      const { status, text } = await get(new URL(url).origin + path);
      expect([status, text]).toEqual([404, 'The metrics are at /metrics\n']);
      expect(reader.status.collections).toBe(0);
    },
  );

  test('refuses what is no reading, and connections once its provider is shut down', async () => {
    expect((await fetch(served.url, { method: 'POST' })).status).toBe(405);
    await served.provider.shutdown();
    expect(served.reader.prometheusUrl).toBeUndefined();
    await expect(fetch(served.url)).rejects.toThrow();
  });
});

test('the path and the text are as the options say', async () => {
  const { url, collector, provider } = await serve({
    path: '/internal/metrics',
    prefix: 'acme',
    withoutScopeInfo: true,
    withoutTargetInfo: true,
  });
  collector.recordCounter('orders', 3, 'shop');
  expect(url).toMatch(/\/internal\/metrics$/);
  const { text } = await get(url);
  expect(text).toMatch(/^acme_orders_total 3$/m);
  expect(text).not.toContain('target_info');
  await provider.shutdown();
});

test('with the naming `official` the text is that of OpenTelemetry’s own exporter, byte for byte', async () => {
  const { url, reader, collector, provider } = await serve({ naming: 'official' });
  const collected: CollectionResult[] = [];
  const collect = reader.collect.bind(reader);
  jest.spyOn(reader, 'collect').mockImplementation(async (options) => {
    const result = await collect(options);
    collected.push(result);
    return result;
  });
  const meter = provider.getMeter('library', '1.2.3');
  collector.recordMetric('load', 0.25, 'time', 'shop', { route: '/a "b"' });
  collector.recordCounter('orders', 3, 'shop');
  meter.createHistogram('http.server.request.duration', { unit: 's', description: 'How long\nit took' }).record(0.1, { method: 'GET' });
  meter.createUpDownCounter('open', { unit: '{connection}' }).add(-2);
  meter.createObservableGauge('ratio', { unit: '1' }).addCallback((result) => result.observe(0.5, { cpu: 0 }));
  const { text } = await get(url);
  expect(collected).toHaveLength(1);
  const expected = new PrometheusSerializer().serialize(collected[0]!.resourceMetrics);
  expect(text).toBe(`${expected.replace(/\n$/, '')}\n`);
  expect(expected).toContain('http_server_request_duration_bucket');
  await provider.shutdown();
});

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses!.some(({ address }) => address === '::1'));

const HOSTS = [
  { host: '0.0.0.0', shown: '0.0.0.0', reached: '127.0.0.1', needsIpv6: false },
  { host: 'localhost', shown: '(127\\.0\\.0\\.1|\\[::1\\])', reached: 'localhost', needsIpv6: false },
  { host: '::1', shown: '\\[::1\\]', reached: '[::1]', needsIpv6: true },
  { host: '::', shown: '\\[::\\]', reached: '127.0.0.1', needsIpv6: true },
];

test.each(HOSTS.filter(({ needsIpv6 }) => hasIpv6 || !needsIpv6))('listens on $host', async ({ host, shown, reached }) => {
  const { url, collector, provider } = await serve({ host });
  collector.recordCounter('orders', 3, 'shop');
  expect(url).toMatch(new RegExp(`^http://${shown}:[1-9]\\d*/metrics$`));
  expect((await get(`http://${reached}:${new URL(url).port}/metrics`)).text).toContain('orders_total');
  await provider.shutdown();
});

describe('when it closes', () => {
  /** An endpoint with a scrape under way, that ends when `finish` is called. */
  async function scraped() {
    const served = await serve();
    const { promise, resolve: finish } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    served.provider
      .getMeter('slow')
      .createObservableGauge('slow')
      .addCallback(async (result) => {
        begin();
        await promise;
        result.observe(7);
      });
    const request = new RawRequest(served.url);
    await begun;
    return { ...served, request, finish };
  }

  test('a scrape under way gets all of its answer', async () => {
    const { provider, request, finish } = await scraped();
    const closed = provider.shutdown();
    finish();
    await Promise.all([closed, request.ended]);
    expect(request.received).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(request.received).toMatch(/^slow\{.*\} 7$/m);
    expect(request.received).toMatch(/\r\n0\r\n\r\n$/);
  });

  test('no connection is left, be it idle or in the midst of a request that never ends', async () => {
    const { url, provider } = await serve();
    const idle = new RawRequest(url);
    await once(idle.socket, 'data');
    const half = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
    const halfEnded = new Promise<void>((resolve) => void half.once('close', () => resolve()));
    half.write('GET /metrics HTTP/1.1\r\n');
    // What was sent before has come by then, so that the second of them is not idle.
    await get(url);
    await Promise.all([provider.shutdown(), idle.ended, halfEnded]);
    expect(idle.received).toMatch(/^HTTP\/1\.1 200 OK/);
  });
});

test('a reader that is never attached answers 500, and closes with its shutdown', async () => {
  const reader = createPerformanceReader({ prometheus: { port: 0 } });
  const url = await listening(reader);
  expect((await get(url)).status).toBe(500);
  await reader.shutdown();
  expect(reader.prometheusUrl).toBeUndefined();
});

test('a process that has nothing else to do ends, with connections open to its endpoint', async () => {
  const child = start('idle-endpoint.mjs', { env: { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' } });
  const url = await child.said<string>();
  // An idle one would be closed after some seconds, one that has sent nothing is not.
  const silent = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  await once(silent, 'connect');
  const request = new RawRequest(url);
  const ended = await child.ended;
  expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
  expect(request.received).toMatch(/^HTTP\/1\.1 200 OK/);
  request.socket.destroy();
  silent.destroy();
});

describe('a port in use', () => {
  const occupied = createServer();
  let port: string;
  beforeAll(async () => {
    occupied.listen(0, '127.0.0.1');
    await once(occupied, 'listening');
    port = String((occupied.address() as { port: number }).port);
  });
  afterAll(() => void occupied.close());

  test('costs the endpoint, and nothing else', async () => {
    const ended = await run('service.mjs', { env: { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: port } });
    const message = `No Prometheus endpoint on 127.0.0.1:${port}: the port is in use.`;
    expect(ended.warnings).toEqual([expect.stringContaining(`[port-in-use] ${message}`)]);
    expect(ended.said()).toMatchObject({
      active: true,
      url: null,
      problems: [{ code: 'port-in-use', message: expect.stringContaining(message) }],
      metrics: expect.arrayContaining([expect.objectContaining({ name: 'orders', value: 3 })]),
    });
    expect(ended.end).toBe('code 0');
  });

  test('is one of many to the workers of a cluster: each takes the next that is free, and serves its own metrics', async () => {
    interface Instance {
      url: string | null;
      worker: number;
      scraped: number | null;
    }
    const env = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: port };
    const ended = await run('cluster.mjs', { preload: [REGISTER], env });
    const [primary, ...workers] = ended.said<Instance[]>();
    expect(primary!.url).toBeNull();
    expect(workers.map(({ worker, scraped }) => [worker, scraped])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    const ports = workers.map(({ url }) => Number(new URL(url!).port));
    expect(new Set(ports).size).toBe(2);
    for (const each of ports) expect([each > Number(port), each <= Number(port) + 64]).toEqual([true, true]);
    expect(ended.warnings).toEqual([expect.stringContaining('[port-in-use]')]);
  });

  test.each([
    ['a host that this machine has not', '192.0.2.1', '0', 'EADDRNOTAVAIL'],
    ['a host that there is not', 'no.such.host.invalid', '0', 'no.such.host.invalid'],
  ])('so does %s', async (_, host, wanted, reason) => {
    const env = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_HOST: host, OTEL_EXPORTER_PROMETHEUS_PORT: wanted };
    const ended = await run('service.mjs', { env });
    expect(ended.warnings).toEqual([
      expect.stringMatching(String.raw`^\[endpoint-failed\] No Prometheus endpoint on ${host}:${wanted}: .*${reason}.*PROMETHEUS_HOST`),
    ]);
    expect(ended.said()).toMatchObject({ active: true, url: null });
    expect(ended.end).toBe('code 0');
  });
});
