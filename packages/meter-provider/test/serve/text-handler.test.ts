import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import type * as prometheusParts from '@otel-perf/metrics/prometheus-parts';
import type { ChunkedText } from '../../src/serve/shared-text.ts';
import { createTextHandler, type TextSource } from '../../src/serve/text-handler.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A source whose text comes when it is told to. */
class Source implements TextSource {
  readonly renderings: [prometheusParts.TextFormat, string[] | undefined][] = [];
  readonly begun = Promise.withResolvers<void>();
  /** Before the second chunk. */
  gate: Promise<void> = Promise.resolve();
  failure: Error | undefined;
  produced = 0;
  ended = 0;
  released = 0;

  contentType(format: prometheusParts.TextFormat): string {
    return `test/${format}`;
  }

  render(format: prometheusParts.TextFormat, names: ReadonlySet<string> | undefined): ChunkedText {
    return { chunks: this.#chunks(format, names), release: () => void this.released++ };
  }

  async *#chunks(format: prometheusParts.TextFormat, names: ReadonlySet<string> | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    this.renderings.push([format, names && [...names]]);
    this.begun.resolve();
    try {
      for (let i = 0; i < 3; i++) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        if (i === 1) await this.gate;
        if (this.failure !== undefined) throw this.failure;
        this.produced++;
        yield Buffer.from(`line ${i} of ${format}\n`);
      }
    } finally {
      this.ended++;
    }
  }
}

let server: Server;
let source: Source;
let scrapes = 0;
const TEXT = 'line 0 of text\nline 1 of text\nline 2 of text\n';

async function serve(): Promise<void> {
  source = new Source();
  scrapes = 0;
  server = createServer(createTextHandler(source, () => scrapes++)).listen(0, '127.0.0.1');
  await once(server, 'listening');
}
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function get(path = '/', headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  const [response] = (await once(send({ port, host: '127.0.0.1', path, headers, method }).end(), 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) };
}

/** Once so many texts are released, and no more than that. */
async function released(count: number): Promise<void> {
  while (source.released < count) await new Promise((resolve) => setTimeout(resolve, 1));
  expect([source.released, source.ended]).toEqual([count, count]);
}

describe('a scrape', () => {
  test('gets the text', async () => {
    await serve();
    const { status, headers, body } = await get();
    expect([status, headers['content-type'], headers['content-encoding'], body.toString()]).toEqual([200, 'test/text', undefined, TEXT]);
    expect(scrapes).toBe(1);
  });

  test('whose client has gone before the handler hears of it renders nothing', async () => {
    source = new Source();
    const handle = createTextHandler(source);
    const handled = Promise.withResolvers<void>();
    server = createServer((request, response) => {
      response.once('close', () => {
        handle(request, response);
        handled.resolve();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const request = send({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    request.on('error', () => {});
    request.end();
    await once(server, 'request');
    request.destroy();
    await handled.promise;
    expect(source.renderings).toEqual([]);
  });

  test('gets the format that it prefers, of the names that it asks for', async () => {
    await serve();
    const accept = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5';
    const { headers } = await get('/metrics?a=b&name[]=one&name%5B%5D=t%C3%A4&name[]=one', { accept });
    expect(headers['content-type']).toBe('test/openmetrics');
    expect(source.renderings).toEqual([['openmetrics', ['one', 'tä']]]);
  });

  test('gets gzip where it takes it', async () => {
    await serve();
    const { headers, body } = await get('/', { 'accept-encoding': 'gzip' });
    expect([headers['content-encoding'], gunzipSync(body).toString()]).toEqual(['gzip', TEXT]);
  });

  test('of HEAD gets the headers, and nothing is rendered', async () => {
    await serve();
    const { status, headers, body } = await get('/', { 'accept-encoding': 'gzip' }, 'HEAD');
    expect([status, headers['content-type'], headers['content-encoding'], body.length]).toEqual([200, 'test/text', 'gzip', 0]);
    expect([source.renderings, scrapes]).toEqual([[], 1]);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('of %s is refused', async (method) => {
    await serve();
    const { status, headers } = await get('/', {}, method);
    expect([status, headers.allow, scrapes]).toEqual([405, 'GET, HEAD', 0]);
  });

  test('gets 500 where nothing can be rendered, and the next one is fine', async () => {
    await serve();
    source.failure = new Error('no memory');
    const [plain, zipped] = [await get(), await get('/', { 'accept-encoding': 'gzip' })];
    expect([plain, zipped].map(({ status, body }) => [status, body.toString()])).toEqual([
      [500, 'metrics collection failed\n'],
      [500, 'metrics collection failed\n'],
    ]);
    source.failure = undefined;
    expect((await get()).body.toString()).toBe(TEXT);
  });

  test('breaks off where the rest cannot be rendered', async () => {
    await serve();
    const gate = Promise.withResolvers<void>();
    source.gate = gate.promise;
    const scrape = get();
    await source.begun.promise;
    source.failure = new Error('no memory');
    gate.resolve();
    await expect(scrape).rejects.toThrow(/aborted|hang up|reset/);
  });
});

describe('scrapes at one time', () => {
  test('share what is rendered, compressed or not; others of other families do not', async () => {
    await serve();
    const gate = Promise.withResolvers<void>();
    source.gate = gate.promise;
    const gzip = { 'accept-encoding': 'gzip' };
    const scrapesNow = [get(), get('/', gzip), get(), get('/', gzip), get('/?name[]=b&name[]=a'), get('/?name[]=a&name[]=b')];
    while (scrapes < scrapesNow.length) await new Promise((resolve) => setTimeout(resolve, 1));
    gate.resolve();
    const texts = (await Promise.all(scrapesNow)).map(({ headers, body }) =>
      (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString(),
    );
    expect(texts).toEqual(scrapesNow.map(() => TEXT));
    expect(source.renderings).toEqual([
      ['text', undefined],
      ['text', ['b', 'a']],
    ]);
    await released(2);
  });

  test('do not share what was rendered before them', async () => {
    await serve();
    await get();
    await get();
    expect(source.renderings).toHaveLength(2);
  });

  test('end the rendering when all of them have gone', async () => {
    await serve();
    const gate = Promise.withResolvers<void>();
    source.gate = gate.promise;
    const { port } = server.address() as AddressInfo;
    const gone: Promise<unknown>[] = [];
    server.on('request', (_, response) => gone.push(once(response, 'close')));
    const requests = [0, 1].map(() =>
      send({ port, host: '127.0.0.1' })
        .on('error', () => {})
        .end(),
    );
    while (gone.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    for (const each of requests) each.destroy();
    await Promise.all(gone);
    gate.resolve();
    await released(1);
    // The one that was under way is the last.
    expect(source.produced).toBe(2);
  });
});
