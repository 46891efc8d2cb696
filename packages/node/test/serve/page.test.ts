import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createPerformanceReader, startOtelPerf, type OtelPerfOptions } from '../../src/index.ts';
import { scrape, Service, sumOf } from '../off-thread/service.ts';
import { run } from '../run.ts';
import { listening, serve } from '../served.ts';
import { builtPage, get, pictureAt, totalIn } from './page.ts';

beforeAll(builtPage);

describe.each([
  ['in the process', 'false'],
  ['off-thread', 'true'],
])('the page %s', (_, offThread) => {
  const startService = (options: OtelPerfOptions = { page: true }, env: Record<string, string> = {}) =>
    Service.start(options, { OTEL_PERF_OFF_THREAD: offThread, ...env });

  test('is one document that runs nothing but its own and asks nobody but its server', async () => {
    const service = await startService();
    const { status, headers, text } = await get(new URL('/', await service.url()));
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; script-src 'sha256-.*connect-src 'self'.*frame-ancestors 'none'$/,
      ),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(text).toContain('"dataPath":"/picture.json"');
    expect(/<(?:script|link|img|iframe|object)[^>]* (?:src|href|data)=/i.test(text)).toBe(false);
    expect((await service.end()).stderr).toBe('');
  });

  test('has the numbers of the metrics, and newer ones each time', async () => {
    const service = await startService();
    const url = await service.url();
    await service.ask('count', { by: 3 });
    await service.ask('series', { instruments: 1, series: 4, records: 5 });
    const first = await pictureAt(url);
    const text = await scrape(url);
    expect([totalIn(first, 'orders_total'), sumOf(text, 'orders_total')]).toEqual([3, 3]);
    const latencies = first.series.filter(({ name }) => name === 'latency_0_seconds');
    expect(latencies.map(({ figures }) => figures['count'])).toEqual([5, 5, 5, 5]);
    expect(latencies.map(({ figures }) => figures['total'])).toEqual(
      Array.from(text.matchAll(/^latency_0_seconds_sum\{.*\} +(\S+)$/gm), ([, sum]) => Number(sum)),
    );
    expect([first.from, first.problems]).toEqual([url, []]);
    await service.ask('count', { by: 4 });
    const second = await pictureAt(url);
    expect(totalIn(second, 'orders_total')).toBe(7);
    expect(second.takenAt).toBeGreaterThan(first.takenAt);
    expect((await service.status()).collections).toBe(3);
    expect((await service.end()).stderr).toBe('');
  });

  test('is for who asks for this machine: a name that somebody else gives it gets nothing', async () => {
    const service = await startService();
    const url = await service.url();
    const { port } = new URL(url);
    const statuses = (path: string) =>
      Promise.all(
        [`127.0.0.1:${port}`, `localhost:${port}`, 'LOCALHOST', '127.9.9.9', `[::1]:${port}`].map(
          async (host) => (await get(new URL(path, url), { host })).status,
        ),
      );
    expect(await statuses('/')).toEqual([200, 200, 200, 200, 200]);
    expect(await statuses('/picture.json')).toEqual([200, 200, 200, 200, 200]);
    const foreign = [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '10.0.0.1',
      '::1',
      'localhost:x',
    ];
    for (const host of foreign) {
      for (const path of ['/', '/picture.json', '/favicon.ico']) {
        const { status, text, headers } = await get(new URL(path, url), { host });
        expect([status, text]).toEqual([421, 'The page is at an address of this machine, such as 127.0.0.1\n']);
        expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      }
    }
  });

  test('answers what is no reading, asks for no icon, and leaves every other path as it is', async () => {
    const service = await startService();
    const url = await service.url();
    const head = await get(new URL('/', url), {}, 'HEAD');
    expect([head.status, Number(head.headers['content-length']) > 10_000, head.text]).toEqual([200, true, '']);
    const post = await get(new URL('/picture.json', url), {}, 'POST');
    expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD']);
    expect((await get(new URL('/favicon.ico', url))).status).toBe(204);
    const other = await get(new URL('/index.html', url));
    expect([other.status, other.text]).toEqual([404, 'The metrics are at /metrics\n']);
  });

  test.each<[string, OtelPerfOptions, Record<string, string>, number]>([
    ['not by default', {}, {}, 404],
    ['by the variable', {}, { OTEL_PERF_PAGE: 'True' }, 200],
    ['not where the variable says so, before the option', { page: true }, { OTEL_PERF_PAGE: 'false' }, 404],
    [
      'with a host of the variable that is loopback',
      { page: true, prometheus: { host: '0.0.0.0' } },
      { OTEL_EXPORTER_PROMETHEUS_HOST: 'localhost' },
      200,
    ],
  ])('is there %s', async (__, options, env, expected) => {
    const service = await startService(options, env);
    const url = await service.url();
    expect((await get(new URL('/', url))).status).toBe(expected);
    expect((await get(new URL('/picture.json', url))).status).toBe(expected);
    expect((await service.end()).stderr).toBe('');
  });

  test.each([
    ['a host that others reach', { OTEL_EXPORTER_PROMETHEUS_HOST: '0.0.0.0' }, /needs a prometheus\.host .* not "0\.0\.0\.0" \(OTEL_EXP/],
    ['a token', { OTEL_PERF_PROMETHEUS_TOKEN: 'secret' }, /needs an endpoint without prometheus\.bearerToken/],
    ['its own path for the metrics', { OTEL_PERF_PROMETHEUS_PATH: '/' }, /needs \/, \/picture\.json, \/favicon\.ico for itself/],
  ])('is not served with %s of a variable, which is told and costs nothing else', async (__, env, message) => {
    const service = await startService({ page: true }, env);
    const url = (await service.url()).replace('0.0.0.0', '127.0.0.1');
    const authorization = 'Bearer secret';
    expect(await scrape(url, { authorization })).toContain('target_info');
    expect((await get(new URL('/picture.json', url), { authorization })).status).toBe(404);
    const { problems } = await service.status();
    expect(problems).toEqual([{ code: 'no-page', message: expect.stringMatching(message) }]);
    expect((await service.end()).warnings).toHaveLength(1);
  });

  test('is not there without its package, which is told', async () => {
    const env = {
      OTEL_PERF_OFF_THREAD: offThread,
      OTEL_PERF_PAGE: 'true',
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      MISSING: '@otel-perf/view',
    };
    const ended = await run('scraped-service.mjs', { preload: ['missing-hook.mjs'], env });
    expect(ended.said<{ text: string }>().text).toMatch(/^load_time_seconds_count\{.*\} +1$/m);
    // A hook of the process is none of the worker's.
    const missing = expect.stringMatching(/^\[missing-package\] No page is served beside the metrics: @otel-perf\/view is not installed/);
    expect(ended.warnings).toEqual(offThread === 'true' ? [] : [missing]);
  });
});

describe('off-thread', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'otel-perf-page-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('there are pictures while the main thread is blocked', async () => {
    const service = await Service.start({ page: true });
    const url = await service.url();
    await service.ask('count', { by: 3 });
    const file = join(folder, 'go-on');
    await service.block(file);
    const [first, second] = [await pictureAt(url), await pictureAt(url)];
    expect([totalIn(first, 'orders_total'), totalIn(second, 'orders_total')]).toEqual([3, 3]);
    expect(second.takenAt).toBeGreaterThan(first.takenAt);
    writeFileSync(file, '');
    expect((await service.end()).end).toBe('code 0');
  });

  test('a worker that takes the place of another goes on with them', async () => {
    const service = await Service.start({ page: true });
    const url = await service.url();
    await service.ask('count', { by: 3 });
    const before = await pictureAt(url);
    await service.ask('kill');
    let after: typeof before | undefined;
    while (after === undefined) after = await pictureAt(url).catch(() => undefined);
    expect(totalIn(after, 'orders_total')).toBe(3);
    expect(after.takenAt).toBeGreaterThan(before.takenAt);
    expect((await service.status()).problems.map(({ code }) => code)).toEqual(['worker-failed']);
  });
});

describe('of a reader', () => {
  test('pictures that are asked for at once are one, of one collection', async () => {
    const { url, reader, collector, provider } = await serve({}, { page: true });
    collector.recordCounter('orders', 3, 'shop');
    const collect = jest.spyOn(reader, 'collect');
    await get(new URL('/', url));
    expect(collect).not.toHaveBeenCalled();
    const gate = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    provider
      .getMeter('slow')
      .createObservableGauge('slow')
      .addCallback(async (result) => {
        asked.resolve();
        await gate.promise;
        result.observe(7);
      });
    const first = pictureAt(url);
    await asked.promise;
    const others = [pictureAt(url), pictureAt(url)];
    // Their requests have come once a later one is answered.
    await get(new URL('/favicon.ico', url));
    gate.resolve();
    const pictures = await Promise.all([first, ...others]);
    expect(collect).toHaveBeenCalledTimes(1);
    expect(new Set(pictures.map(({ takenAt }) => takenAt)).size).toBe(1);
    await provider.shutdown();
    await expect(get(url)).rejects.toThrow();
  });

  test('one that belongs to no provider gives no picture', async () => {
    const reader = createPerformanceReader({ prometheus: { port: 0 }, page: true });
    const url = await listening(reader);
    const { status, text } = await get(new URL('/picture.json', url));
    expect([status, text]).toEqual([500, 'metrics collection failed\n']);
    await reader.shutdown();
  });

  test('what names and labels say is never markup in its data', async () => {
    const { url, collector, provider } = await serve({}, { page: true });
    collector.recordCounter('orders', 3, 'shop', { route: '</script><img src=x onerror=alert(1)>\u2028' });
    const { text } = await get(new URL('/picture.json', url));
    expect(text).not.toMatch(/[<\u2028]/);
    const { series } = await pictureAt(url);
    expect(series.find(({ name }) => name === 'orders_total')!.tags['route']).toBe('</script><img src=x onerror=alert(1)>\u2028');
    await provider.shutdown();
  });
});

const REFUSED: [string, OtelPerfOptions, RegExp][] = [
  ['a word', { page: 'yes' as never, prometheus: true }, /^TypeError: page must be true or false, not "yes"/],
  [
    'a host that others reach',
    { page: true, prometheus: { host: '0.0.0.0' } },
    /^RangeError: page needs a prometheus\.host .*not "0\.0\.0\.0"/,
  ],
  ['a name that DNS gives', { page: true, prometheus: { host: 'metrics.example' } }, /^RangeError: page needs a prometheus\.host/],
  ['a token', { page: true, prometheus: { bearerToken: 'secret' } }, /^RangeError: page needs an endpoint without prometheus\.bearerToken/],
  ['its own path', { page: true, prometheus: { path: '/picture.json' } }, /^RangeError: page needs \/, .*prometheus\.path/],
  ['no endpoint', { page: true, prometheus: false }, /^RangeError: page needs the endpoint of prometheus/],
];

test.each(REFUSED)('an option is refused with %s', async (_, options, message) => {
  expect(await startOtelPerf(options).then(() => 'started', String)).toMatch(message);
  const { page, prometheus } = options;
  let thrown: unknown;
  try {
    createPerformanceReader({ page, prometheus } as object);
  } catch (error) {
    thrown = error;
  }
  expect(String(thrown)).toMatch(message);
  expect(String(thrown)).not.toContain('secret');
});

test('without an endpoint for the variables there is none, which is told; readers without one are silent', async () => {
  const { warnings, end } = await run('service.mjs', { env: { OTEL_METRICS_EXPORTER: 'none', OTEL_PERF_PAGE: 'true' } });
  expect([end, warnings]).toEqual([
    'code 0',
    [expect.stringMatching(/^\[no-page\] No page is served .* needs the endpoint of prometheus/)],
  ]);
  const beside = await run('own-sdk.mjs', { env: { OTEL_PERF_PAGE: 'true' } });
  expect(beside.warnings.filter((warning) => warning.includes('no-page'))).toEqual([]);
});
