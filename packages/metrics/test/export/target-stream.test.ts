import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { exportEventsToJson } from '../../src/export/json.ts';
import { Collecting, Recording } from './recorded.ts';

const COUNT = 5000;
const { events } = new Recording().recordMany(COUNT);

function valuesIn(json: string): number[] {
  return JSON.parse(json).map((event: { value: number }) => event.value);
}

const all = Array.from({ length: COUNT }, (_, i) => i);

function listeners(stream: Writable): number {
  return stream.eventNames().reduce((sum, name) => sum + stream.listenerCount(name), 0);
}

describe('an export to a stream', () => {
  test('does not end it, and leaves no listeners', async () => {
    const target = new Collecting();
    target.write('before ');
    await exportEventsToJson(events, target);
    expect(listeners(target)).toBe(0);
    expect(target.writableEnded).toBe(false);
    target.end(' after');
    await once(target, 'finish');
    expect(valuesIn(target.text.slice('before '.length, -' after'.length))).toEqual(all);
  });

  test('never has more than one chunk waiting in a slow one', async () => {
    let most = 0;
    const chunks: Buffer[] = [];
    const slow = new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _encoding, done) {
        most = Math.max(most, this.writableLength);
        expect(this.writableLength).toBe(chunk.length);
        chunks.push(chunk);
        setImmediate(done);
      },
    });
    await exportEventsToJson(events, slow);
    expect(chunks.length).toBeGreaterThan(5);
    expect(most).toBeLessThan(70_000);
    expect(valuesIn(Buffer.concat(chunks).toString())).toEqual(all);
  });

  test('gives each chunk away for good, so that a stream may keep it', async () => {
    const passThrough = new PassThrough();
    const [read] = await Promise.all([text(passThrough), exportEventsToJson(events, passThrough).then(() => passThrough.end())]);
    expect(valuesIn(read)).toEqual(all);
  });

  test('writes from two buffers in turn where the stream allows it', async () => {
    const buffers = new Set<ArrayBufferLike>();
    const copies: Buffer[] = [];
    const copying = new Writable({
      write(chunk: Buffer, _encoding, done) {
        setImmediate(() => {
          if (chunk.length > 1) buffers.add(chunk.buffer);
          copies.push(Buffer.from(chunk));
          done();
        });
      },
    });
    await exportEventsToJson(events, copying, { reuseChunks: true });
    expect(valuesIn(Buffer.concat(copies).toString())).toEqual(all);
    // The third is the closing bracket's.
    expect(buffers.size).toBeLessThanOrEqual(3);
  });

  test('serves an HTTP response', async () => {
    const server = createServer((_, response) => {
      void exportEventsToJson(events, response).then(() => response.end());
    }).listen(0);
    const { port } = server.address() as AddressInfo;
    const [response] = (await once(get({ port, agent: false }), 'response')) as [IncomingMessage];
    expect(valuesIn(await text(response))).toEqual(all);
    server.close();
  });

  // As Express' compression does, whose write drops the callback and hands `drain` listeners on.
  test('serves a response that a middleware compresses', async () => {
    const server = createServer((_request, response) => {
      const gzip = createGzip();
      const [write, end, on] = [response.write.bind(response), response.end.bind(response), response.on.bind(response)];
      response.setHeader('content-encoding', 'gzip');
      response.write = ((chunk: Buffer) => gzip.write(chunk)) as typeof response.write;
      response.end = (() => gzip.end()) as unknown as typeof response.end;
      response.on = ((name: string, listener: () => void) =>
        name === 'drain' ? gzip.on(name, listener) && response : on(name, listener)) as typeof response.on;
      gzip.on('data', (chunk: Buffer) => write(chunk));
      gzip.on('end', () => end());
      void exportEventsToJson(events, response).then(() => response.end());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      expect(valuesIn(await response.text())).toEqual(all);
    } finally {
      server.close();
    }
  });

  test('lets the process go on in between, even where the stream takes all at once', async () => {
    let turns = 0;
    let done = false;
    const turn = (): void => {
      turns++;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    await exportEventsToJson(new Recording().recordMany(100_000).events, new Collecting());
    done = true;
    expect(turns).toBeGreaterThan(2);
  });
});

describe('an export to a stream that fails', () => {
  function failing(fail: (stream: Writable, done: (error?: Error) => void) => void): Writable {
    let chunks = 0;
    return new Writable({
      write(_chunk, _encoding, done) {
        if (++chunks === 3) fail(this, done);
        else setImmediate(done);
      },
      destroy(error, done) {
        setTimeout(() => done(error), 5);
      },
    });
  }

  test.each<[string, (stream: Writable, done: (error?: Error) => void) => void]>([
    ['at once', (_, done) => done(new Error('broken'))],
    ['later', (_, done) => setTimeout(() => done(new Error('broken')), 5)],
    ['by being destroyed', (stream) => stream.destroy(new Error('broken'))],
    [
      'by throwing',
      () => {
        throw new Error('broken');
      },
    ],
  ])('rejects with its error and leaves no listeners: %s', async (_, fail) => {
    const target = failing(fail);
    await expect(exportEventsToJson(events, target)).rejects.toThrow('broken');
    expect(listeners(target)).toBe(0);
  });

  test('rejects, and hears the error, when that comes before the next turn of the event loop', async () => {
    const target = new Writable({
      highWaterMark: 1 << 20,
      write: (_chunk, _encoding, done) => process.nextTick(() => done(new Error('broken'))),
      destroy: (error, done) => void setTimeout(() => done(error), 5),
    });
    await expect(exportEventsToJson(events, target)).rejects.toThrow('broken');
    expect(listeners(target)).toBe(0);
  });

  test('on the last chunk rejects too', async () => {
    const target = new Writable({ write: (_chunk, _encoding, done) => setImmediate(() => done(new Error('broken'))) });
    await expect(exportEventsToJson(new Recording().events, target)).rejects.toThrow('broken');
  });

  test('without destroying itself rejects, now and the next time', async () => {
    const target = new Writable({ autoDestroy: false, write: (_chunk, _encoding, done) => done(new Error('broken')) });
    await expect(exportEventsToJson(events, target)).rejects.toThrow('broken');
    await expect(exportEventsToJson(events, target)).rejects.toThrow('broken');
    expect(listeners(target)).toBe(0);
  });

  test('rejects when the stream is closed midway', async () => {
    const target = failing((stream) => void stream.destroy());
    await expect(exportEventsToJson(events, target)).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    expect(listeners(target)).toBe(0);
  });

  test('rejects when its owner ends it midway', async () => {
    const target = failing((stream, done) => {
      stream.end();
      done();
    });
    await expect(exportEventsToJson(events, target)).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    expect(listeners(target)).toBe(0);
  });

  test.each<[string, (stream: Writable) => unknown]>([
    ['ended', (stream) => stream.end()],
    ['destroyed', (stream) => stream.destroy()],
  ])('rejects when the stream is %s before it begins', async (state, prepare) => {
    const target = new Collecting();
    prepare(target);
    await expect(exportEventsToJson(events, target)).rejects.toThrow(`cannot export to a stream that is ${state}`);
    expect(listeners(target)).toBe(0);
  });

  test('can be given up while the stream is stuck', async () => {
    const abort = new AbortController();
    const stuck = new Writable({ write: () => setImmediate(() => abort.abort(new Error('too slow'))) });
    await expect(exportEventsToJson(events, stuck, { signal: abort.signal })).rejects.toThrow('too slow');
    expect(listeners(stuck)).toBe(0);
  });

  test("a filter that throws ends the export, and the stream is still its owner's", async () => {
    const target = new Collecting();
    const filter = ({ value }: { value: number }) => {
      if (value === 3000) throw new Error('no');
      return true;
    };
    await expect(exportEventsToJson(events, target, { filter })).rejects.toThrow('no');
    expect(target.destroyed).toBe(false);
    expect(listeners(target)).toBe(0);
  });
});
