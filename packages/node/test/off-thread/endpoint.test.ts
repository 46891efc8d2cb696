import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPerformanceReader } from '../../src/index.ts';
import { Environment } from '../../src/options/environment.ts';
import { Problems } from '../../src/problems.ts';
import { resolveEndpoint } from '../../src/serve/endpoint-options.ts';
import { guarded } from '../../src/serve/guard.ts';
import { Certificate } from '../certificate.ts';
import { run, start } from '../run.ts';
import { RawRequest, serve } from '../served.ts';

const IDLE = join(import.meta.dirname, 'fixtures/idle.mjs');
const ENV = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' };

describe('a bearer token', () => {
  const token = 'a-._~+/9==';

  test('lets in who has it, and nobody else', async () => {
    const { url, provider } = await serve({ bearerToken: token });
    const statuses = [
      `Bearer ${token}`,
      `bearer  ${token}`,
      token,
      `Basic ${token}`,
      `Bearer ${token}=`,
      'Bearer',
      `Bearer x${token}`,
      '',
    ].map(async (authorization) => (await fetch(url, { headers: { authorization } })).status);
    expect(await Promise.all(statuses)).toEqual([200, 200, 401, 401, 401, 401, 401, 401]);
    const refused = await fetch(url);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="metrics"']);
    expect(await refused.text()).not.toContain('orders');
    await provider.shutdown();
  });

  test('comes from the variable before it comes from the option, and is not told in any error', async () => {
    const env = { ...ENV, OTEL_PERF_PROMETHEUS_TOKEN: 'of-the-variable' };
    const child = start(IDLE, { args: ['{"prometheus":{"bearerToken":"of-the-option"}}'], env });
    const url = await child.said<string>();
    const status = async (bearer: string) => (await fetch(url, { headers: { authorization: `Bearer ${bearer}` } })).status;
    expect([await status('of-the-option'), await status('of-the-variable')]).toEqual([401, 200]);
    expect((await child.ended).end).toBe('code 0');
    for (const bearerToken of ['', 'with blank', 'schlüssel', 7 as unknown as string]) {
      expect(() => createPerformanceReader({ prometheus: { bearerToken } })).toThrow(
        /^prometheus.bearerToken must be a text of visible ASCII characters that is not empty$/,
      );
    }
  });
});

describe('TLS', () => {
  let certificate: Certificate;
  let keyFile: string;
  let certFile: string;
  beforeAll(() => {
    certificate = new Certificate();
    ({ keyFile, certFile } = certificate);
  });
  afterAll(() => certificate[Symbol.dispose]());

  async function get(url: string): Promise<string> {
    const sent = request(url, { ca: readFileSync(certFile), agent: false }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    return text;
  }

  test('is what the endpoint speaks with a key and a certificate, and nothing else', async () => {
    const { url, collector, provider } = await serve({ tls: { keyFile, certFile } });
    collector.recordCounter('orders', 3, 'shop');
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/metrics$/);
    expect(await get(url)).toMatch(/^orders_total\{.*\} 3$/m);
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
    await provider.shutdown();
    await expect(get(url)).rejects.toThrow(/ECONNREFUSED/);
  });

  test('is by the files of the variables; a connection that is open does not keep the process alive', async () => {
    const env = { ...ENV, OTEL_PERF_PROMETHEUS_TLS_KEY: keyFile, OTEL_PERF_PROMETHEUS_TLS_CERTIFICATE: certFile };
    const child = start(IDLE, { env });
    const url = await child.said<string>();
    const silent = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
    await once(silent, 'connect');
    expect(await get(url)).toContain('target_info');
    const { end, stderr } = await child.ended;
    expect([end, stderr]).toEqual(['code 0', '']);
    silent.destroy();
  });

  test.each<[string, () => Record<string, string>, RegExp]>([
    ['without its certificate', () => ({ OTEL_PERF_PROMETHEUS_TLS_KEY: keyFile }), /key\.pem and no certificate cannot be used/],
    [
      'with a file that there is not',
      () => ({ OTEL_PERF_PROMETHEUS_TLS_KEY: keyFile, OTEL_PERF_PROMETHEUS_TLS_CERTIFICATE: join(certificate.folder, 'none.pem') }),
      /none\.pem cannot be used for TLS: ENOENT/,
    ],
    [
      'with a file that is none',
      () => ({ OTEL_PERF_PROMETHEUS_TLS_KEY: import.meta.filename, OTEL_PERF_PROMETHEUS_TLS_CERTIFICATE: certFile }),
      /cannot be used for TLS/,
    ],
  ])('%s costs the endpoint: it is never served without', async (_, env, message) => {
    const ended = await run('service.mjs', { env: { ...ENV, ...env() } });
    expect(ended.warnings).toEqual([expect.stringMatching(/^\[endpoint-failed\] No Prometheus endpoint on 127\.0\.0\.1:0: /)]);
    expect(ended.warnings[0]).toMatch(message);
    expect(ended.said()).toMatchObject({ active: true, url: null });
  });
});

describe('clients', () => {
  /** An endpoint with scrapes under way, that end when `finish` is called. */
  async function scraped(maxScrapes: number) {
    const served = await serve({ maxScrapes });
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    served.provider
      .getMeter('slow')
      .createObservableGauge('slow')
      .addCallback(async (result) => {
        begun.resolve();
        await gate.promise;
        result.observe(7);
      });
    const requests = Array.from({ length: maxScrapes }, () => new RawRequest(served.url));
    await begun.promise;
    return { ...served, requests, finish: gate.resolve };
  }

  test('that come when as many as may are served are asked to come again, and are served then', async () => {
    const { url, provider, requests, finish } = await scraped(2);
    let busy = await fetch(url);
    // The second may still be on its way.
    while (busy.status !== 503) busy = await fetch(url);
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '1']);
    finish();
    await Promise.all(requests.map(({ socket }) => once(socket, 'data')));
    let { status } = await fetch(url);
    while (status === 503) ({ status } = await fetch(url));
    expect(status).toBe(200);
    await provider.shutdown();
    await Promise.all(requests.map(({ ended }) => ended));
    expect(requests.map(({ received }) => received.includes('slow{'))).toEqual([true, true]);
  });

  test('that do not send their request are cut off', async () => {
    const { url, provider } = await serve({ scrapeTimeoutMillis: 50 });
    const half = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
    half.write('GET /metrics HTTP/1.1\r\n');
    await new Promise<void>((resolve) => half.once('close', () => resolve()).resume());
    await provider.shutdown();
  });

  test('that do not take their answer are cut off', async () => {
    const cut = Promise.withResolvers<void>();
    const page = Buffer.alloc(1 << 20, 'x');
    const endless = async (_: unknown, response: ServerResponse): Promise<void> => {
      response.once('close', cut.resolve);
      while (!response.destroyed) if (!response.write(page)) await Promise.race([once(response, 'drain'), cut.promise]);
    };
    const environment = new Environment({}, new Problems());
    const settings = { ...resolveEndpoint({ scrapeTimeoutMillis: 50 }, environment), page: false };
    const server = createServer(guarded(new Map([['/metrics', (...args) => void endless(...args)]]), settings)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const request = new RawRequest(`http://127.0.0.1:${port}/metrics`);
    request.socket.pause();
    await cut.promise;
    request.socket.destroy();
    await request.ended;
    server.close();
  });
});

test.each<[string, object, RegExp]>([
  ['a limit that is none', { maxScrapes: 0 }, /^RangeError: prometheus.maxScrapes must be an integer from 1 to 1000, not 0/],
  ['a time that is none', { scrapeTimeoutMillis: 0.5 }, /^RangeError: prometheus.scrapeTimeoutMillis must be .* not 0.5/],
  ['a key alone', { tls: { keyFile: 'key.pem' } }, /^TypeError: prometheus.tls.certFile must be a text that is not empty, not undefined/],
  ['an option that TLS has not', { tls: { key: 'key.pem' } }, /^TypeError: prometheus.tls has no option key; it has keyFile, certFile/],
])('%s is refused', (_, prometheus, message) => {
  let thrown: unknown;
  try {
    createPerformanceReader({ prometheus });
  } catch (error) {
    thrown = error;
  }
  expect(String(thrown)).toMatch(message);
});
