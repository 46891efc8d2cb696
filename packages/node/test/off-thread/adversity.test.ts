import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { OtelPerfOptions } from '../../src/index.ts';
import { Receiver } from '../receiver.ts';
import { run } from '../run.ts';
import { FIXTURES, scrape, Service, sumOf } from './service.ts';

const PACKAGE = join(import.meta.dirname, '../..');
const NEVER = '600000';

describe('a Collector that never answers', () => {
  const hanging = async () => {
    const receiver = new Receiver({ hangs: true });
    const times = { OTEL_METRIC_EXPORT_INTERVAL: NEVER, OTEL_METRIC_EXPORT_TIMEOUT: '300', OTEL_EXPORTER_OTLP_TIMEOUT: NEVER };
    return { receiver, service: await Service.start({}, { ...(await receiver.listen()), ...times }) };
  };

  test('holds a flush up no longer than the limit of an export, and is told of', async () => {
    const { receiver, service } = await hanging();
    await service.ask('count', { by: 3 });
    await service.ask('flush');
    const { exporters, problems } = await service.status();
    expect(exporters).toEqual([
      { name: 'OTLPMetricExporter', succeeded: 0, failed: 1, error: 'OTLPMetricExporter.export took longer than 300 ms' },
    ]);
    expect(problems.map(({ code }) => code)).toEqual(['export-failed']);
    expect(receiver.requests).toHaveLength(1);
  });

  test('holds no shutdown up, also one that comes while it is flushed, and twice', async () => {
    const { service } = await hanging();
    await service.ask('count', { by: 3 });
    await Promise.all(['flush', 'flush', 'shutdown', 'shutdown', 'flush'].map((command) => service.ask(command)));
    expect((await service.status()).isShutDown).toBe(true);
    expect((await service.end()).end).toBe('code 0');
  });
});

test('process.exit between the death of a worker and the next one delivers what there is', async () => {
  const receiver = new Receiver();
  const env = { OTEL_METRIC_EXPORT_INTERVAL: NEVER, OTEL_PERF_FLUSH_ON_EXIT: 'true', OTEL_PERF_FLUSH_TIMEOUT: '30000' };
  const service = await Service.start({}, { ...(await receiver.listen()), ...env });
  await service.ask('count', { by: 3 });
  void service.ask('killAndExit');
  expect((await service.running.ended).end).toBe('code 5');
  expect(receiver.values('orders')).toEqual([3]);
});

test('what is no instrumentation costs itself alone', async () => {
  const service = await Service.start({
    instrumentations: [{ instrumentationName: 'none' }] as unknown as OtelPerfOptions['instrumentations'] & {},
  });
  await service.ask('count', { by: 3 });
  expect(sumOf(await scrape(await service.url()), 'orders_total')).toBe(3);
  const { active, problems } = await service.status();
  expect([active, ...problems.map(({ code }) => code)]).toEqual([true, 'sdk-failed', 'sdk-failed']);
  expect(problems[1]!.message).toMatch(/^An instrumentation has no metrics: .*setMeterProvider/);
});

describe('where memory is scarce', () => {
  const FULL = expect.stringMatching(/^The memory for metrics is about full: .* offThread\.reserveBytes above 1048576\.$/);

  test('every measurement is counted: in its series, in an overflow series, or as dropped; and it is told once', async () => {
    const service = await Service.start({ offThread: { reserveBytes: 2 ** 20 } });
    const url = await service.url();
    await service.ask('series', { instruments: 20, series: 1500, records: 1 });
    const text = await scrape(url);
    expect(text).toMatch(/^latency_19_seconds_count\{.*otel_metric_overflow="true".*\} +1500$/m);
    expect(sumOf(text, 'latency_\\d+_seconds_count')).toBe(30_000);
    expect(sumOf(text, 'otel_perf_meter_provider_dropped_total')).toBe(0);
    // Too many for even an overflow series each.
    await service.ask('series', { instruments: 1500, series: 1, records: 1 });
    const later = await scrape(url);
    const [counted, dropped] = [sumOf(later, 'latency_\\d+_seconds_count'), sumOf(later, 'otel_perf_meter_provider_dropped_total')];
    expect(dropped).toBeGreaterThan(0);
    expect(counted + dropped).toBe(31_500);
    expect((await service.status()).problems).toEqual([{ code: 'memory-full', message: FULL }]);
    expect((await service.end()).warnings).toHaveLength(1);
  });

  test.each([
    ['by a push', 'otlp'],
    ['where nothing but the service reads it', 'none'],
  ])('it is told %s', async (_, exporter) => {
    const receiver = new Receiver();
    const env = { ...(await receiver.listen()), OTEL_METRICS_EXPORTER: exporter, OTEL_METRIC_EXPORT_INTERVAL: NEVER };
    const service = await Service.start({ offThread: { reserveBytes: 2 ** 20 } }, env);
    await service.ask('count', { by: 3 });
    await service.ask(exporter === 'none' ? 'snapshot' : 'flush');
    expect((await service.status()).problems).toEqual([]);
    await service.ask('series', { instruments: 10, series: 1500, records: 1 });
    await service.ask(exporter === 'none' ? 'snapshot' : 'flush');
    expect((await service.status()).problems).toEqual([{ code: 'memory-full', message: FULL }]);
  });
});

test('of 10,000 series one family can be asked for', async () => {
  const service = await Service.start();
  const url = await service.url();
  await service.ask('series', { instruments: 10, series: 1000, records: 1 });
  await service.ask('count', { by: 3 });
  const one = await scrape(`${url}?name[]=orders_total`);
  expect(one).toMatch(/^# HELP orders_total .*\n# TYPE orders_total counter\norders_total\{.*\} +3\n$/);
  const some = await scrape(`${url}?name[]=latency_3_seconds_bucket&name[]=nothing`);
  expect(some.match(/^# TYPE .*$/gm)).toEqual(['# TYPE latency_3_seconds histogram']);
  expect(sumOf(some, 'latency_3_seconds_count')).toBe(1000);
  expect(sumOf(await scrape(url), 'latency_\\d_seconds_count')).toBe(10_000);
});

const ENV = { OTEL_METRICS_EXPORTER: 'prometheus' };

test('a child that is forked has metrics of its own, and finds the port in use', async () => {
  const ended = await run(join(FIXTURES, 'forked.mjs'), { args: ['0'], env: ENV });
  expect(ended.said()).toEqual({
    parent: { active: true, codes: [], orders: [1] },
    child: { active: true, codes: ['port-in-use'], orders: [2] },
    code: 0,
    scraped: [expect.stringMatching(/ 1$/)],
  });
  expect(ended.end).toBe('code 0');
});

test('a thread of a service can have its metrics off-thread by itself', async () => {
  const receiver = new Receiver();
  const env = { ...(await receiver.listen()), OTEL_METRICS_EXPORTER: 'prometheus,otlp', OTEL_METRIC_EXPORT_INTERVAL: NEVER };
  const ended = await run(join(FIXTURES, 'nested.mjs'), { env });
  expect(ended.said()).toEqual({ main: ['1'], thread: { active: true, problems: [], scraped: ['2'] }, code: 0 });
  expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
  expect(receiver.values('orders')).toContain(2);
});

test('two copies of the package are one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'otel-perf-copy-'));
  try {
    await cp(join(PACKAGE, 'src'), join(folder, 'src'), { recursive: true });
    await cp(join(PACKAGE, 'package.json'), join(folder, 'package.json'));
    await symlink(join(PACKAGE, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const ended = await run(join(FIXTURES, 'copies.mjs'), { args: [pathToFileURL(join(folder, 'src/index.ts')).href], env: ENV });
    const thread = { active: true, problems: [], url: null };
    expect(ended.said()).toEqual({ isSame: true, thread, orders: ['3'], problems: [] });
    expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
