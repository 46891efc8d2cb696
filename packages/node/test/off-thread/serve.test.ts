import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { Certificate } from '../certificate.ts';
import { RawRequest } from '../served.ts';
import { scrape, Service, sumOf } from './service.ts';

const OPENMETRICS = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';

async function get(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const [response] = (await once(request(url, { headers, method, agent: false }).end(), 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

describe('the endpoint of the worker', () => {
  test('gives what is asked for: text or OpenMetrics, compressed, of some families', async () => {
    const service = await Service.start();
    const url = await service.url();
    await service.ask('count', { by: 3 });
    await service.ask('series', { instruments: 2, series: 5, records: 7 });
    const text = await get(url);
    expect([text.status, text.headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(sumOf(text.body.toString(), 'latency_0_seconds_count')).toBe(35);

    const open = await get(url, { accept: OPENMETRICS });
    expect(open.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(open.body.toString()).toMatch(/\n# EOF\n$/);
    expect(sumOf(open.body.toString(), 'orders_total')).toBe(3);

    const zipped = await get(url, { 'accept-encoding': 'gzip' });
    expect([zipped.headers['content-encoding'], sumOf(gunzipSync(zipped.body).toString(), 'orders_total')]).toEqual(['gzip', 3]);

    const some = await get(`${url}?name[]=orders_total&name%5B%5D=latency_1_seconds`);
    expect(some.body.toString().match(/^# TYPE \S+/gm)).toEqual(['# TYPE latency_1_seconds', '# TYPE orders_total']);
    const head = await get(url, {}, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect([(await get(url, {}, 'POST')).status, (await get(new URL('/other', url).href)).status]).toEqual([405, 404]);
    // Those that got an answer of metrics.
    expect((await service.status()).collections).toBe(5);
    expect((await service.end()).stderr).toBe('');
  });

  test('is as the options and the variables say', async () => {
    using certificate = new Certificate();
    const { keyFile, certFile } = certificate;
    const prometheus = {
      path: '/internal',
      prefix: 'acme',
      withoutScopeInfo: true,
      withResourceConstantLabels: undefined,
      bearerToken: 'option',
    };
    const env = { OTEL_PERF_PROMETHEUS_TOKEN: 'secret', OTEL_PERF_PROMETHEUS_NAMING: 'official' };
    const service = await Service.start({ prometheus: { ...(prometheus as object), tls: { keyFile, certFile } } }, env);
    await service.ask('count', { by: 3 });
    const url = await service.url();
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/internal$/);
    // As Prometheus would have it: the certificate is trusted, and no name of it looked at.
    const curl = (...more: string[]) => spawnSync(process.execPath, ['-e', CLIENT, url, certFile, ...more], { encoding: 'utf8' }).stdout;
    expect([curl(), curl('Bearer option')]).toEqual(['401 a bearer token is wanted\n', '401 a bearer token is wanted\n']);
    expect(curl('Bearer secret')).toMatch(/^acme_orders_total +3$/m);
    expect((await service.end()).stderr).toBe('');
  });

  test('serves only as many at once as it may, all of one rendering', async () => {
    const service = await Service.start({ prometheus: { maxScrapes: 2 } });
    const url = await service.url();
    // More than sockets take in, so that who does not read is being answered.
    await service.ask('series', { instruments: 8, series: 1900, records: 1 });
    const readers = [new RawRequest(url), new RawRequest(url)];
    await Promise.all(readers.map(({ socket }) => once(socket, 'data').then(() => socket.pause())));
    const busy = await get(url);
    expect([busy.status, busy.headers['retry-after']]).toEqual([503, '1']);
    // It is recorded on meanwhile; the two see the same.
    await service.ask('series', { instruments: 8, series: 1900, records: 1 });
    for (const { socket } of readers) socket.resume();
    while (readers.some(({ received }) => !received.endsWith('\r\n0\r\n\r\n'))) await new Promise((resolve) => setTimeout(resolve, 1));
    const [one, other] = readers.map(({ received }) => unchunked(received));
    expect(one === other).toBe(true);
    for (const { socket } of readers) socket.destroy();
    let status: number | undefined = 503;
    while (status === 503) ({ status } = await get(url));
    expect(sumOf(await scrape(url), 'latency_\\d_seconds_count')).toBe(2 * 8 * 1900);
  });
});

const CLIENT = `
  const [url, ca, authorization] = process.argv.slice(1);
  const options = { ca: require('node:fs').readFileSync(ca), checkServerIdentity: () => undefined, headers: authorization ? { authorization } : {} };
  require('node:https').get(url, options, (response) => {
    if (response.statusCode !== 200) process.stdout.write(response.statusCode + ' ');
    response.pipe(process.stdout);
  });`;

/** The body of an answer in chunks. */
function unchunked(received: string): string {
  let rest = received.slice(received.indexOf('\r\n\r\n') + 4);
  let body = '';
  for (;;) {
    const end = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, end), 16);
    if (size === 0) return body;
    body += rest.slice(end + 2, end + 2 + size);
    rest = rest.slice(end + 4 + size);
  }
}
