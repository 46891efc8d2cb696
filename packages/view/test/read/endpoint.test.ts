import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { readPicture } from '../../src/read/read-picture.ts';
import { UnreadableError } from '../../src/read/unreadable-error.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server?.listening === true) await once(server, 'close');
});

/** `127.0.0.1:port` of a server that answers so. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a scrape is of the moment of the answer, where its values have no time', async () => {
  const before = Date.now() / 1000;
  const host = await serve((_, response) => response.end('a_bytes 1\n'));
  const { from, takenAt, series } = await readPicture(`http://${host}/metrics`);
  expect(from).toBe(`http://${host}/metrics`);
  expect(takenAt).toBeGreaterThanOrEqual(before);
  expect(takenAt).toBeLessThanOrEqual(Date.now() / 1000);
  expect(series.map(({ name, unit, figures }) => [name, unit, figures.last])).toEqual([['a_bytes', 'By', 1]]);
});

test('credentials are sent and not shown, nor is the query; headers are sent', async () => {
  const host = await serve(({ headers, url }, response) =>
    response.end(`seen{auth="${headers.authorization}",url="${url}",x="${headers['x-scope']}"} 1\n`),
  );
  const { from, series } = await readPicture(`http://me:s%20cret@${host}/metrics?token=hidden`, { headers: { 'x-scope': 'a' } });
  expect(from).toBe(`http://${host}/metrics?…`);
  expect(series[0]!.tags).toEqual({ auth: `Basic ${btoa('me:s cret')}`, url: '/metrics?token=hidden', x: 'a' });
});

test('it asks for what it reads, and content decides what it got', async () => {
  const accepted: (string | undefined)[] = [];
  const host = await serve(({ headers }, response) => {
    accepted.push(headers.accept);
    response.end(gzipSync(JSON.stringify([{ name: 'a', value: 2, metric_type: 'custom', timestamp: 5, source: 's', tags: {} }])));
  });
  const { takenAt, series } = await readPicture(`http://${host}/`);
  expect([takenAt, series[0]!.figures.last]).toEqual([5, 2]);
  expect(accepted).toEqual([expect.stringMatching(/application\/openmetrics-text.*text\/plain;version=0\.0\.4/)]);
});

test('an OpenMetrics answer without its end was cut off', async () => {
  const host = await serve((_, response) =>
    response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0').end('a 1 2.5\n'),
  );
  expect(await readPicture(`http://${host}/`)).toMatchObject({ takenAt: 2.5, problems: ['there is no # EOF: the text was cut off'] });
});

describe('what cannot be read', () => {
  test('another status', async () => {
    const host = await serve((_, response) => response.writeHead(404).end('a 1\n'));
    const reading = readPicture(`http://user:secret@${host}/x?key=1`);
    await expect(reading).rejects.toThrow(`http://${host}/x?… cannot be read: the answer is 404 Not Found`);
  });

  test('nobody listens', async () => {
    const host = await serve(() => {});
    server!.close();
    await expect(readPicture(`http://user:secret@${host}/`)).rejects.toThrow(
      `http://${host}/ cannot be read: connect ECONNREFUSED ${host}`,
    );
  });

  test('a connection that ends in the middle', async () => {
    const host = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('a 1\n');
      setImmediate(() => response.destroy());
    });
    await expect(readPicture(`http://${host}/`)).rejects.toThrow(UnreadableError);
  });

  test.each([
    ['a URL that is none', 'http://user:secret@', /^the URL cannot be read: it is not a URL$/],
    ['bad escapes in a password', 'http://user:%zz@127.0.0.1:1/', /^the URL cannot be read: URI malformed$/],
    ['no file', '/nowhere/at-all.json', /^\/nowhere\/at-all\.json cannot be read: there is no such file$/],
    ['a file URL of none', 'file:///nowhere/at-all.json', /^\/nowhere\/at-all\.json cannot be read: there is no such file$/],
    ['a directory', '/', /^\/ cannot be read: it is a directory$/],
  ])('%s', async (_, where, message) => {
    await expect(readPicture(where)).rejects.toThrow(message);
  });

  test('an answer that its asker no longer wants: the signal’s reason', async () => {
    const host = await serve((_, response) => void response.write('a 1\n'));
    const controller = new AbortController();
    server!.once('request', () => controller.abort(new Error('enough')));
    await expect(readPicture(`http://${host}/`, { signal: controller.signal })).rejects.toThrow(new Error('enough'));
    await expect(readPicture('/dev/null', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(new Error('before'));
  });
});
