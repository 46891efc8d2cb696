import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { metrics } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { PerformanceMetricReader } from '@otel-perf/metrics';
import { OcrPipeline } from '../src/pipeline/ocr-pipeline.ts';
import { OcrServer, type OcrServerOptions } from '../src/serve/ocr-server.ts';
import { expected, samplePath } from './fixtures/samples.ts';

jest.setTimeout(60_000);

const PNG = { 'content-type': 'image/png' };
const reader = new PerformanceMetricReader();
let ocr: OcrPipeline;
let server: OcrServer;
let sign: Uint8Array;
let letter: Uint8Array;

beforeAll(async () => {
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  ocr = await OcrPipeline.open({ workers: 2, maxQueued: 1 });
  [sign, letter] = await Promise.all([readFile(samplePath('sign.png')), readFile(samplePath('letter.png'))]);
});

afterAll(async () => {
  const { blocks } = await ocr.close();
  expect(blocks.current).toBe(0);
  await reader.shutdown();
  metrics.disable();
});

beforeEach(() => start());

afterEach(() => server.close());

/** Another in place of the one that runs. */
async function start(options: Partial<OcrServerOptions> = {}): Promise<void> {
  server = await OcrServer.listen(ocr, reader, { port: 0, ...options });
}

async function restart(options: Partial<OcrServerOptions>): Promise<void> {
  await server.close();
  await start(options);
}

function post(body: Uint8Array, headers: Record<string, string> = PNG): Promise<Response> {
  return fetch(`${server.url}/ocr`, { method: 'POST', headers, body: new Uint8Array(body) });
}

/** A request whose body is up to the test. */
function open(options: RequestOptions): ClientRequest {
  return request(`${server.url}/ocr`, { method: 'POST', agent: false, ...options }).on('error', () => {});
}

async function answerTo(client: ClientRequest): Promise<{ status: number | undefined; connection: string | undefined; body: unknown }> {
  const [response] = (await once(client, 'response')) as [IncomingMessage];
  const { statusCode: status, headers } = response;
  return { status, connection: headers.connection, body: JSON.parse(await text(response)) };
}

async function errorOf(response: Response): Promise<{ reason: string; message: string }> {
  expect(response.headers.get('content-type')).toContain('application/json');
  return ((await response.json()) as { error: { reason: string; message: string } }).error;
}

/** The value of a counter as Prometheus gets it; 0 where it is not there. */
async function counted(name: string, label = ''): Promise<number> {
  const lines = (await (await fetch(`${server.url}/metrics`)).text()).split('\n');
  const values = lines.filter((line) => line.startsWith(`${name}{`) && line.includes(label)).map((line) => Number(line.split(' ').at(-1)));
  return values.reduce((sum, value) => sum + value, 0);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries++) {
    if (tries > 1000) throw new Error('it has never come to that');
    await sleep(10);
  }
}

describe('POST /ocr', () => {
  test('gives the text, its lines, and where they are, to several at a time', async () => {
    const before = await counted('cpu_pipeline_items_total');
    const octets = { 'content-type': 'application/octet-stream' };
    const responses = await Promise.all([post(sign), post(letter, { 'content-type': 'IMAGE/PNG; charset=binary' }), post(sign, octets)]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    const pages = (await Promise.all(responses.map((response) => response.json()))) as { text: string }[];
    expect(pages.map((page) => page.text)).toEqual(['sign.png', 'letter.png', 'sign.png'].map((name) => expected[name]));
    expect(pages[0]).toEqual({
      text: expected['sign.png'],
      lines: expected['sign.png']!.split('\n').map((line) => ({
        text: line,
        confidence: expect.any(Number),
        box: {
          x: expect.any(Number),
          y: expect.any(Number),
          width: expect.any(Number),
          height: expect.any(Number),
          angle: expect.any(Number),
        },
      })),
      pixels: { width: expect.any(Number), height: expect.any(Number) },
      seconds: expect.any(Number),
    });
    expect(await counted('cpu_pipeline_items_total')).toBe(before + 3);
    expect(await counted('ocr_requests_total', 'status="200"')).toBeGreaterThanOrEqual(3);
  });

  test('answers 422 with the reason to what is no image, and reads the next one', async () => {
    const corrupt = await post(letter.subarray(0, 9000));
    expect(corrupt.status).toBe(422);
    expect(await errorOf(corrupt)).toEqual({ reason: 'corrupt', message: expect.stringMatching(/^the image cannot be decoded: /) });
    expect(await errorOf(await post(new Uint8Array()))).toEqual({ reason: 'empty', message: 'the image is empty' });
    expect((await errorOf(await post(Buffer.from('Hello')))).reason).toBe('unsupported');
    expect((await post(sign)).status).toBe(200);
  });

  test.each([[{}], [{ 'content-type': 'text/plain' }], [{ 'content-type': 'multipart/form-data; boundary=image/png' }]])(
    'answers 415 to the type %j, and closes the connection before the image is there',
    async (headers) => {
      const client = open({ headers: { ...headers, 'content-length': 5_000_000 } });
      client.write('begin');
      expect(await answerTo(client)).toMatchObject({ status: 415, connection: 'close', body: { error: { reason: 'content-type' } } });
      client.destroy();
    },
  );

  test('answers 413 to a length that is too much, before anything is sent, and closes the connection', async () => {
    const client = open({ headers: { ...PNG, 'content-length': 20_000_001 } });
    client.flushHeaders();
    const closed = once(client, 'close');
    const message = 'the body is of more than 20000000 bytes';
    expect(await answerTo(client)).toEqual({ status: 413, connection: 'close', body: { error: { reason: 'too-large', message } } });
    await closed;
  });

  test('answers 413 in the midst of a body without a length, and closes the connection', async () => {
    const client = open({ headers: PNG });
    const answer = answerTo(client);
    const chunk = Buffer.alloc(1_000_000);
    const closed = once(client, 'close');
    let sent = 0;
    const send = (): void => {
      for (let more = true; more && !client.destroyed; sent++) more = client.write(chunk);
    };
    client.on('drain', send);
    send();
    expect(await answer).toMatchObject({ status: 413, connection: 'close' });
    await closed;
    expect(sent).toBeGreaterThanOrEqual(20);
  });

  test('answers 429 while as many wait as may, and reads all others', async () => {
    const responses = await Promise.all(Array.from({ length: 30 }, () => post(sign)));
    const full = responses.filter(({ status }) => status === 429);
    const read = responses.filter(({ status }) => status === 200);
    expect(full.length + read.length).toBe(30);
    expect(Math.min(full.length, read.length)).toBeGreaterThan(0);
    expect(full[0]!.headers.get('retry-after')).toBe('1');
    expect((await errorOf(full[0]!)).reason).toBe('queue-full');
    for (const response of read) expect(((await response.json()) as { text: string }).text).toBe(expected['sign.png']);
  });

  test('answers 429 to more uploads at a time than may be', async () => {
    await restart({ maxUploads: 1 });
    const first = open({ headers: { ...PNG, 'content-length': sign.length } });
    const answer = answerTo(first);
    first.write(sign.subarray(0, 100));
    await until(async () => (await post(sign)).status === 429);
    first.end(sign.subarray(100));
    expect((await answer).status).toBe(200);
    expect((await post(sign)).status).toBe(200);
  });

  test('answers 503 when the time is up, in the upload and in the pipeline', async () => {
    await restart({ timeoutMillis: 20 });
    const error = { reason: 'timeout', message: 'it took more than 0.02 s' };
    const slow = await post(letter);
    expect([slow.status, slow.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await errorOf(slow)).toEqual(error);
    const client = open({ headers: { ...PNG, 'content-length': 1000 } });
    client.write('begin');
    expect(await answerTo(client)).toEqual({ status: 503, connection: 'close', body: { error } });
    await until(() => ocr.memory.blocks.current === 0);
  });

  test('cancels what is read for a client that goes away, also in the upload', async () => {
    const cancelled = await counted('cpu_pipeline_cancelled_items_total');
    const gone = await counted('ocr_requests_total', 'status="499"');
    const client = open({ headers: { ...PNG, 'content-length': letter.length } });
    client.end(letter);
    await until(() => ocr.memory.blocks.current > 0);
    client.destroy();
    await until(async () => (await counted('cpu_pipeline_cancelled_items_total')) === cancelled + 1);
    const uploading = open({ headers: { ...PNG, 'content-length': letter.length } });
    uploading.write(letter.subarray(0, 100));
    await sleep(50);
    uploading.destroy();
    await until(async () => (await counted('ocr_requests_total', 'status="499"')) === gone + 2);
    await until(() => ocr.memory.blocks.current === 0);
  });
});

describe('the other paths', () => {
  test('are /healthz and /metrics', async () => {
    const health = await fetch(`${server.url}/healthz?verbose`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    const scrape = await fetch(`${server.url}/metrics`);
    expect(scrape.headers.get('content-type')).toContain('version=0.0.4');
    expect(await scrape.text()).toContain('memory_pool_used_bytes{');
  });

  test.each([
    ['GET', '/ocr', 'POST'],
    ['POST', '/metrics', 'GET, HEAD'],
    ['DELETE', '/healthz', 'GET, HEAD'],
  ])('%s %s is answered with 405', async (method, path, allow) => {
    const response = await fetch(`${server.url}${path}`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
    expect((await errorOf(response)).reason).toBe('method');
  });

  test('are not found', async () => {
    const response = await fetch(`${server.url}/ocr/`);
    expect([response.status, await errorOf(response)]).toEqual([
      404,
      { reason: 'path', message: 'there is /ocr, /metrics, /healthz, and no /ocr/' },
    ]);
  });
});

describe('close', () => {
  test('lets finish what is read, and refuses what is new or still uploaded', async () => {
    const running = post(letter);
    const client = open({ headers: { ...PNG, 'content-length': sign.length } });
    const uploading = answerTo(client);
    client.write(sign.subarray(0, 100));
    await until(() => ocr.memory.blocks.current > 0);
    const { url } = server;
    const closing = server.close();
    const error = { reason: 'shutting-down', message: 'the service is shutting down' };
    const [health, late] = await Promise.all([fetch(`${url}/healthz`), post(sign)]);
    expect([health.status, late.status]).toEqual([503, 503]);
    expect(await errorOf(late)).toEqual(error);
    expect(await uploading).toEqual({ status: 503, connection: 'close', body: { error } });
    const response = await running;
    expect([response.status, ((await response.json()) as { text: string }).text]).toEqual([200, expected['letter.png']]);
    await closing;
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    await start();
  });
});
