import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Receiver } from '../receiver.ts';
import { REGISTER, run } from '../run.ts';
import { RawRequest } from '../served.ts';
import { scrape, Service, sumOf, type Status } from './service.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'otel-perf-off-thread-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a service with its metrics off-thread', () => {
  test('serves exactly what was recorded, and says nothing', async () => {
    const service = await Service.start();
    const url = await service.url();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    await service.ask('count', { by: 3 });
    await service.ask('series', { instruments: 1, series: 50, records: 7 });
    await service.ask('observe', { value: 12 });
    const text = await scrape(url);
    expect([sumOf(text, 'orders_total'), sumOf(text, 'latency_0_seconds_count'), sumOf(text, 'observed')]).toEqual([3, 350, 12]);
    expect(text).toMatch(/^target_info\{.*service_instance_id=".+".*\} 1$/m);
    await service.ask('count', { by: 4 });
    expect(sumOf(await scrape(url), 'orders_total')).toBe(7);
    const { end, stderr } = await service.end();
    expect([end, stderr]).toEqual(['code 0', '']);
  });

  test('can read itself in its own thread', async () => {
    const service = await Service.start();
    await service.ask('count', { by: 3 });
    const snapshot = await service.ask<{ name: string; value: number; source: string }[]>('snapshot');
    expect(snapshot).toContainEqual({ name: 'orders', source: 'shop', value: 3, tags: {} });
    await scrape(await service.url());
    const { active, problems, attached, collections } = await service.status();
    expect([active, problems, attached, collections]).toEqual([true, [], true, 2]);
  });

  test('has metrics of the machine and of the runtime', async () => {
    const service = await Service.start({}, { OTEL_PERF_HOST_METRICS: '', OTEL_PERF_RUNTIME_METRICS: '' });
    const text = await scrape(await service.url());
    expect(sumOf(text, 'process_memory_usage')).toBeGreaterThan(1e6);
    expect(sumOf(text, 'v8js_memory_heap_used_bytes')).toBeGreaterThan(1e6);
    expect((await service.end()).stderr).toBe('');
  });
});

describe('while the main thread is blocked', () => {
  test('scrapes are answered, with all that was recorded, and with what was observed last', async () => {
    const service = await Service.start();
    const url = await service.url();
    await service.ask('count', { by: 3 });
    await service.ask('observe', { value: 12 });
    await scrape(url);
    const file = join(folder, 'go-on');
    await service.block(file);
    const texts = [await scrape(url), await scrape(url)];
    expect(texts.map((text) => [sumOf(text, 'orders_total'), sumOf(text, 'observed')])).toEqual([
      [3, 12],
      [3, 12],
    ]);
    // Only now it goes on.
    writeFileSync(file, '');
    await service.ask('observe', { value: 13 });
    expect(sumOf(await scrape(url), 'observed')).toBe(13);
  });

  test('metrics are pushed', async () => {
    const receiver = new Receiver();
    const env = { ...(await receiver.listen()), OTEL_METRIC_EXPORT_INTERVAL: '50' };
    const service = await Service.start({}, env);
    await service.ask('count', { by: 3 });
    const file = join(folder, 'go-on');
    await service.block(file);
    const before = receiver.requests.length;
    await receiver.received(before + 4);
    writeFileSync(file, '');
    expect(receiver.values('orders').at(-1)).toBe(3);
    const { exporters } = await service.status();
    expect(exporters).toEqual([{ name: 'OTLPMetricExporter', succeeded: expect.any(Number), failed: 0 }]);
  });
});

describe('a telemetry worker that dies', () => {
  test('in the midst of a scrape is replaced on the same port, and nothing is lost', async () => {
    const service = await Service.start();
    const url = await service.url();
    await service.ask('count', { by: 3 });
    // More than sockets take in.
    await service.ask('series', { instruments: 8, series: 1900, records: 2 });
    await scrape(url);
    const half = new RawRequest(url);
    await once(half.socket, 'data');
    half.socket.pause();
    await service.ask('kill');
    half.socket.resume();
    await half.ended;
    expect(half.received.endsWith('\r\n0\r\n\r\n')).toBe(false);
    await service.ask('count', { by: 4 });
    let text: string | undefined;
    while (text === undefined) text = await scrape(url).catch(() => undefined);
    expect([sumOf(text, 'orders_total'), sumOf(text, 'latency_\\d_seconds_count')]).toEqual([7, 8 * 3800]);
    expect(await service.url()).toBe(url);
    const ended = await service.end();
    expect(ended.warnings).toEqual([
      expect.stringMatching(/^\[worker-failed\] The telemetry worker.* has died: it ended with exit code 1/),
    ]);
    expect(ended.end).toBe('code 0');
  });

  test('is waited for by a flush', async () => {
    const receiver = new Receiver();
    const service = await Service.start({}, { ...(await receiver.listen()), OTEL_METRIC_EXPORT_INTERVAL: '600000' });
    await service.ask('count', { by: 3 });
    const killed = service.ask('kill');
    await Promise.all([killed, service.ask('flush')]);
    await service.ask('flush');
    expect(receiver.values('orders').at(-1)).toBe(3);
  });

  test('does not have deltas counted twice', async () => {
    const receiver = new Receiver();
    const env = { OTEL_METRIC_EXPORT_INTERVAL: '600000', OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' };
    const service = await Service.start({}, { ...(await receiver.listen()), ...env });
    await service.ask('count', { by: 3 });
    await service.ask('flush');
    await service.ask('kill');
    await service.ask('flush');
    await service.ask('count', { by: 4 });
    await service.ask('flush');
    expect(receiver.values('orders')).toEqual([3, 4]);
  });
});

describe('worker threads of the service', () => {
  test.each<[string, string[], Record<string, string>]>([
    ['that start otel-perf', [], {}],
    ['that have it by --import', [REGISTER], {}],
  ])('%s record into the same metrics, and have no endpoint', async (_, preload, env) => {
    const service = await Service.start({}, env, preload);
    const url = await service.url();
    await service.ask('count', { by: 1 });
    const threads = await service.ask<object[]>('threads', { count: 3, by: 10 });
    for (const thread of threads) expect(thread).toMatchObject({ active: true, problems: [], url: null });
    const text = await scrape(url);
    expect(text.match(/^orders_total\{.*$/gm)).toEqual([expect.stringMatching(/ 31$/)]);
    const snapshot = await service.ask<{ name: string; value: number }[]>('snapshot');
    expect(snapshot.find(({ name }) => name === 'orders')!.value).toBe(31);
    const ended = await service.end();
    expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
  });
});

test('workers of a cluster have a port of their own each', async () => {
  const ended = await run('cluster.mjs', {
    preload: [REGISTER],
    env: { OTEL_PERF_OFF_THREAD: 'true', OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '20464' },
  });
  const [primary, ...workers] = ended.said<{ url: string | null; worker: number; scraped: number | null }[]>();
  expect(workers.map(({ worker, scraped }) => [worker, scraped])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  const ports = [primary!, ...workers].map(({ url }) => url && new URL(url).port);
  expect(new Set(ports).size).toBe(3);
});

describe('where it goes', () => {
  test('a port in use costs the endpoint, and nothing else', async () => {
    const occupied = createServer().listen(0, '127.0.0.1');
    await once(occupied, 'listening');
    const port = String((occupied.address() as AddressInfo).port);
    const service = await Service.start({}, { OTEL_EXPORTER_PROMETHEUS_PORT: port });
    expect(await service.url()).toBeNull();
    await service.ask('count', { by: 3 });
    expect(await service.ask('snapshot')).toContainEqual(expect.objectContaining({ name: 'orders', value: 3 }));
    const ended = await service.end();
    expect(ended.warnings).toEqual([
      expect.stringContaining(`[port-in-use] No Prometheus endpoint on 127.0.0.1:${port}: the port is in use.`),
    ]);
    occupied.close();
  });

  test('nowhere: there is no worker, and the service reads itself', async () => {
    const service = await Service.start({}, { OTEL_METRICS_EXPORTER: 'none' });
    await service.ask('count', { by: 3 });
    expect(await service.ask('snapshot')).toContainEqual(expect.objectContaining({ name: 'orders', value: 3 }));
    const { exporters } = await service.status();
    expect([await service.url(), exporters]).toEqual([null, []]);
    expect((await service.end()).end).toBe('code 0');
  });

  test('a Collector that refuses is told of once, and to onExportError each time', async () => {
    const receiver = new Receiver({ statuses: [400] });
    const service = await Service.start({}, { ...(await receiver.listen()), OTEL_METRIC_EXPORT_INTERVAL: '600000' });
    await service.ask('count', { by: 3 });
    await service.ask('flush');
    await service.ask('flush');
    const { exporters, exportErrors, problems } = await service.status();
    expect(exporters).toEqual([{ name: 'OTLPMetricExporter', succeeded: 0, failed: 2, error: expect.any(String) }]);
    expect(exportErrors).toHaveLength(2);
    expect(problems.map(({ code }) => code)).toEqual(['export-failed']);
  });

  test('an endpoint that is no URL is told of', async () => {
    const service = await Service.start({}, { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' });
    const ended = await service.end();
    expect(ended.warnings).toEqual([
      expect.stringContaining('[bad-exporter] Metrics are not pushed: OTEL_EXPORTER_OTLP_ENDPOINT is no URL'),
    ]);
  });
});

test('a shutdown closes the endpoint, for good, and leaves no thread behind', async () => {
  const service = await Service.start();
  const url = await service.url();
  await service.ask('shutdown');
  await service.ask('shutdown');
  expect(await service.url()).toBeNull();
  await expect(scrape(url)).rejects.toThrow();
  const status = await service.ask<Status>('status');
  expect(status.isShutDown).toBe(true);
  const ended = await service.end();
  expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
});
