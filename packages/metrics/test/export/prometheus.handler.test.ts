import { createServer, request as httpRequest, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CollectionResult } from '@opentelemetry/sdk-metrics';
import { createMetricsHandler, PrometheusTextSerializer, type PrometheusOptions } from '../../src/export/prometheus/index.ts';
import { buckets, counter, histogram, resourceMetrics, scope } from './prometheus.helpers.ts';

const small = resourceMetrics([scope('s', [counter('x', [[{}, 1]])])]);
const bounds = Array.from({ length: 15 }, (_, i) => i);
const counts = (i: number): number[] => new Array<number>(16).fill(i);
const points = Array.from({ length: 2_000 }, (_, i) => [{ route: `/r/${i}` }, buckets(bounds, counts(i))] as const);
const large = resourceMetrics([scope('s', [histogram('h', points)])]);

/** A reader whose collections are counted, and answered by the test. */
function fakeReader(answer: () => CollectionResult | Promise<CollectionResult>) {
  const reader = { collections: 0, collect: async () => ((reader.collections += 1), answer()) };
  return reader;
}

let server: Server | undefined;
const rejections: unknown[] = [];
const noteRejection = (reason: unknown): void => void rejections.push(reason);

beforeEach(() => void process.on('unhandledRejection', noteRejection));
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
  process.off('unhandledRejection', noteRejection);
  expect(rejections.splice(0)).toEqual([]);
});

async function listen(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

const serve = (metrics = small, options: PrometheusOptions = {}): Promise<string> =>
  listen(
    createMetricsHandler(
      fakeReader(() => ({ resourceMetrics: metrics, errors: [] })),
      options,
    ),
  );

/** Unlike fetch, shows the bytes that were sent. */
function raw(url: string, headers: Record<string, string>, method = 'GET'): Promise<{ response: IncomingMessage; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ response, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    request.on('error', reject).end();
  });
}

describe('answers', () => {
  test('GET with the text, as Prometheus wants it labelled', async () => {
    const response = await fetch(await serve(large, { naming: 'official' }));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe(new PrometheusTextSerializer({ naming: 'official' }).serialize(large));
  });

  test('HEAD with the same headers and no body', async () => {
    const { response, body } = await raw(await serve(), {}, 'HEAD');
    expect(response).toMatchObject({ statusCode: 200, headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } });
    expect(body).toHaveLength(0);
  });

  test('nothing to tell with an empty body', async () => {
    const response = await fetch(await serve(resourceMetrics([])));
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s with 405, and says what is allowed', async (method) => {
    const response = await fetch(await serve(), { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test.each([
    ['gzip', true],
    ['deflate, GZIP;q=0.5', true],
    ['*', true],
    ['', false],
    ['identity', false],
    ['gzip;q=0', false],
    ['gzip; q=0, *', false],
    ['*;q=0', false],
    ['gzip;q=nonsense', false],
  ])('accept-encoding "%s" with gzip: %s', async (accepted, isZipped) => {
    const { response, body } = await raw(await serve(large), { 'accept-encoding': accepted });
    expect(response.headers['content-encoding']).toBe(isZipped ? 'gzip' : undefined);
    expect(response.headers.vary).toBe('accept-encoding');
    expect((isZipped ? gunzipSync(body) : body).toString()).toBe(new PrometheusTextSerializer().serialize(large));
  });
});

describe('requests that overlap', () => {
  test('share one collection, whatever they asked for; a later one has its own', async () => {
    const gate = Promise.withResolvers<CollectionResult>();
    const reader = fakeReader(() => gate.promise);
    const url = await listen(createMetricsHandler(reader));
    const requests = [raw(url, {}), raw(url, { 'accept-encoding': 'gzip' }), raw(url, {}, 'HEAD'), raw(url, {})];
    while (reader.collections === 0) await sleep(1);
    await sleep(50);
    gate.resolve({ resourceMetrics: large, errors: [] });
    const [plain, zipped, head, again] = await Promise.all(requests);
    const text = new PrometheusTextSerializer().serialize(large);
    expect([plain!.body.toString(), gunzipSync(zipped!.body).toString(), again!.body.toString()]).toEqual([text, text, text]);
    expect(head!.response.statusCode).toBe(200);
    expect(reader.collections).toBe(1);
    await raw(url, {});
    expect(reader.collections).toBe(2);
  });

  test('outlive the client that came first', async () => {
    const gate = Promise.withResolvers<CollectionResult>();
    const reader = fakeReader(() => gate.promise);
    const url = await listen(createMetricsHandler(reader));
    const first = httpRequest(url);
    first.on('error', () => {});
    first.end();
    while (reader.collections === 0) await sleep(1);
    const second = raw(url, {});
    await sleep(20);
    first.destroy();
    await sleep(20);
    gate.resolve({ resourceMetrics: large, errors: [] });
    expect((await second).body.toString()).toBe(new PrometheusTextSerializer().serialize(large));
    expect(reader.collections).toBe(1);
  });
});

describe('clients', () => {
  test('that go away, before or amid the answer, harm nobody', async () => {
    const reader = fakeReader(async () => {
      await sleep(5);
      return { resourceMetrics: large, errors: [] };
    });
    const url = await listen(createMetricsHandler(reader));
    for (const headers of [{}, { 'accept-encoding': 'gzip' }] as Record<string, string>[]) {
      await new Promise<void>((resolve) => {
        const early = httpRequest(url, { headers });
        early.on('error', () => resolve()).end();
        setTimeout(() => early.destroy(), 2);
      });
      await new Promise<void>((resolve) => {
        const amid = httpRequest(url, { headers }, (response) => {
          response.once('data', () => response.destroy());
          response.once('close', () => resolve()).on('error', () => {});
        });
        amid.on('error', () => {}).end();
      });
    }
    expect((await raw(url, {})).body.toString()).toBe(new PrometheusTextSerializer().serialize(large));
  });

  test('that read slowly get everything, and do not delay others', async () => {
    const url = await serve(large);
    const text = new PrometheusTextSerializer().serialize(large);
    const slow = await new Promise<IncomingMessage>((resolve) => httpRequest(url, resolve).end());
    slow.pause();
    expect((await raw(url, {})).body.toString()).toBe(text);
    let body = '';
    for await (const chunk of slow.setEncoding('utf8')) body += chunk;
    expect(body).toBe(text);
  });
});

describe('failures', () => {
  test.each([
    ['a collection that rejects', () => Promise.reject(new Error('secret'))],
    ['errors and no metrics', () => ({ resourceMetrics: resourceMetrics([]), errors: [new Error('secret')] })],
    ['errors and scopes without metrics', () => ({ resourceMetrics: resourceMetrics([scope('s', [])]), errors: [1] })],
    ['metrics that cannot be read', () => ({ resourceMetrics: undefined, errors: [] }) as unknown as CollectionResult],
  ])('%s are answered with 500 and no details, and the next scrape starts afresh', async (_, answer) => {
    const reader = fakeReader(answer);
    const url = await listen(createMetricsHandler(reader));
    for (const round of [1, 2]) {
      const response = await fetch(url);
      expect([response.status, await response.text()]).toEqual([500, 'metrics collection failed\n']);
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(reader.collections).toBe(round);
    }
  });

  test('a collector that throws at once is a failed collection', async () => {
    const url = await listen(
      createMetricsHandler({
        collect: () => {
          throw new Error('at once');
        },
      }),
    );
    expect((await fetch(url)).status).toBe(500);
  });

  test('data beside errors are served', async () => {
    const reader = fakeReader(() => ({ resourceMetrics: small, errors: [new Error('one callback')] }));
    const url = await listen(createMetricsHandler(reader));
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([200, new PrometheusTextSerializer().serialize(small)]);
  });

  test('amid the answer break the connection, so that no half text passes for a whole one', async () => {
    const bad = counter('bad', []);
    Object.defineProperty(bad, 'dataPoints', {
      get: () => {
        throw new Error('broken');
      },
    });
    const broken = { ...large, scopeMetrics: [...large.scopeMetrics, scope('t', [bad])] };
    const url = await listen(createMetricsHandler(fakeReader(() => ({ resourceMetrics: broken, errors: [] }))));
    await expect(raw(url, {})).rejects.toThrow(/aborted|hang up/);
  });

  test('a bad option is refused when the handler is made', () => {
    expect(() =>
      createMetricsHandler(
        fakeReader(() => Promise.reject()),
        { prefix: '1' },
      ),
    ).toThrow(/^prefix/);
  });
});

test('other work runs while a large text is written', async () => {
  const url = await serve(large);
  let turns = 0;
  let isDone = false;
  const turn = (): void => {
    turns += 1;
    if (!isDone) setImmediate(turn);
  };
  let turnsAtFirstByte = 0;
  const done = new Promise<void>((resolve) => {
    httpRequest(url, (response) => {
      turnsAtFirstByte = turns;
      response.resume().on('end', resolve);
    }).end();
  });
  setImmediate(turn);
  await done;
  isDone = true;
  expect(turns).toBeGreaterThan(turnsAtFirstByte);
});
