import { once } from 'node:events';
import { Duplex, PassThrough, Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { timeFunction } from '../src/index.ts';
import { bench, settled } from './support/collector.ts';

function setup(): ReturnType<typeof bench> & { open: <Stream>(stream: Stream) => Stream; items: () => number | undefined } {
  const own = bench();
  const open = timeFunction('op', { collector: own.collector })(function open<Stream>(stream: Stream): Stream {
    return stream;
  });
  return { ...own, open, items: () => own.metrics().find(({ name }) => name === 'op_items')?.value };
}

const ENDED = ['open op_time', 'open op_items'];
const failedWith = (type: string): string[] => ENDED.map((entry) => `${entry} error.type=${type}`);

describe('a Node stream', () => {
  const letters = (): Readable => Readable.from(['a', 'b', 'c']);

  test('is returned itself, does not start to flow, and has no listeners more', async () => {
    const { open, log } = setup();
    const stream = letters();
    expect(open(stream)).toBe(stream);
    await settled();
    expect([stream.readableFlowing, stream.eventNames(), Object.keys(stream)]).toEqual([
      null,
      letters().eventNames(),
      Object.keys(letters()),
    ]);
    expect(log()).toEqual([]);
  });

  const consumers: Record<string, (stream: Readable) => Promise<unknown>> = {
    'in flowing mode': async (stream) => {
      stream.on('data', () => {});
      await once(stream, 'end');
    },
    'by read()': async (stream) => {
      stream.on('readable', () => {
        while (stream.read() !== null);
      });
      await once(stream, 'end');
    },
    'by for await': async (stream) => {
      for await (const _ of stream);
    },
    'by pipe()': (stream) => finished(stream.pipe(new Writable({ objectMode: true, write: (_chunk, _encoding, done) => done() }))),
    'by pipeline()': (stream) => pipeline(stream, new Writable({ objectMode: true, write: (_chunk, _encoding, done) => done() })),
    'by a consumer of Node': (stream) => text(stream),
    'as a web stream': async (stream) => {
      for await (const _ of Readable.toWeb(stream));
    },
  };

  test.each(Object.entries(consumers))('is recorded at its end when it is read %s, its items counted', async (_how, consume) => {
    const { open, log, items } = setup();
    await consume(open(letters()));
    expect(log()).toEqual(ENDED);
    expect(items()).toBe(3);
  });

  test('that fails is recorded as failed, and the error is handled by no one but the consumer', async () => {
    const { open, log } = setup();
    const error = new RangeError('broken');
    const stream = open(new PassThrough());
    expect(stream.listenerCount('error')).toBe(0);
    stream.destroy(error);
    await expect(finished(stream)).rejects.toBe(error);
    expect(log()).toEqual(failedWith('RangeError'));
    expect(() => open(new PassThrough()).emit('error', error)).toThrow('broken');
  });

  test('that is destroyed early is recorded', async () => {
    const { open, log } = setup();
    const stream = open(letters());
    stream.destroy();
    await once(stream, 'close');
    expect(log()).toEqual(ENDED);
  });

  test('that is only written to is recorded when it has finished', async () => {
    const { open, log } = setup();
    const stream = open(new Writable({ write: (_chunk, _encoding, done) => done() }));
    stream.write('a');
    await settled();
    expect(log()).toEqual([]);
    stream.end();
    await finished(stream);
    expect(log()).toEqual(['open op_time']);
  });

  test('that is read and written ends with its readable side', async () => {
    const { open, log, items } = setup();
    const stream = open(new Duplex({ objectMode: true, read() {}, write: (_chunk, _encoding, done) => done() }));
    stream.end();
    await settled();
    expect(log()).toEqual([]);
    stream.push('a');
    stream.push(null);
    stream.resume();
    await once(stream, 'end');
    expect(log()).toEqual(ENDED);
    expect(items()).toBe(1);
  });

  test('whose accessors throw is returned as ever, and timed to the return', () => {
    const { open, log } = setup();
    const stream = Object.defineProperty(letters(), 'destroyed', {
      get: () => {
        throw new Error('odd');
      },
    });
    expect(open(stream) === stream).toBe(true);
    expect(log()).toEqual(['open op_time']);
  });

  test('that has ended already is timed to the return', async () => {
    const { open, log } = setup();
    const stream = letters();
    stream.destroy();
    open(stream);
    expect(log()).toEqual(['open op_time']);
  });
});

describe('a web ReadableStream', () => {
  const letters = (): ReadableStream<string> =>
    new ReadableStream({
      start(controller) {
        for (const letter of 'abc') controller.enqueue(letter);
        controller.close();
      },
    });
  const upper = (): TransformStream<string, string> =>
    new TransformStream({
      transform: (chunk, controller) => {
        controller.enqueue(chunk.toUpperCase());
        controller.enqueue('-');
      },
    });
  const failing = (error: unknown): ReadableStream<string> => new ReadableStream({ pull: (controller) => controller.error(error) });

  async function readAll(stream: ReadableStream<string>): Promise<string> {
    const reader = stream.getReader();
    let all = '';
    for (let next = await reader.read(); !next.done; next = await reader.read()) all += next.value;
    return all;
  }

  async function iterate(stream: Iterable<string> | AsyncIterable<string>): Promise<string> {
    let all = '';
    for await (const letter of stream) all += letter;
    return all;
  }

  const consumers: Record<string, [(stream: ReadableStream<string>) => Promise<string>, string, number | undefined]> = {
    'by a reader': [readAll, 'abc', 3],
    'by for await': [iterate, 'abc', 3],
    'by values()': [(stream) => iterate(stream.values()), 'abc', 3],
    'as a Node stream': [(stream) => iterate(Readable.fromWeb(stream as never)), 'abc', 3],
    'through a transform': [(stream) => readAll(stream.pipeThrough(upper())), 'A-B-C-', 6],
    'by a pipe': [
      async (stream) => {
        let all = '';
        await stream.pipeTo(new WritableStream({ write: (letter) => void (all += letter) }));
        return all;
      },
      'abc',
      undefined,
    ],
    'by tee': [async (stream) => (await Promise.all(stream.tee().map(readAll))).join('+'), 'abc+abc', 3],
  };

  test.each(Object.entries(consumers))('is recorded at its end when it is read %s', async (_how, [consume, expected, count]) => {
    const { open, log, items } = setup();
    const stream = letters();
    const opened = open(stream);
    expect(opened).toBe(stream);
    expect(Object.keys(opened)).toEqual([]);
    expect(log()).toEqual([]);
    expect(await consume(opened)).toBe(expected);
    await settled();
    expect(log()).toEqual(count === undefined ? ['open op_time'] : ENDED);
    expect(items()).toBe(count);
  });

  test('of bytes, read into buffers of the reader, has its last chunk counted too', async () => {
    const { open, log, items } = setup();
    const bytes = open(
      new ReadableStream({
        type: 'bytes',
        start(controller) {
          controller.enqueue(new Uint8Array(4));
          controller.close();
        },
      }),
    );
    const { value } = await bytes.getReader({ mode: 'byob' }).read(new Uint8Array(8));
    expect(value).toHaveLength(4);
    await settled();
    expect(log()).toEqual(ENDED);
    expect(items()).toBe(1);
  });

  test('that is cancelled, by whatever reads it, is recorded', async () => {
    const { open, log } = setup();
    await open(letters()).cancel();
    await open(letters()).getReader().cancel();
    for await (const _ of open(letters())) break;
    await settled();
    expect(log()).toEqual([...ENDED, ...ENDED, ...ENDED]);
  });

  test('that fails rejects with the same reason and is recorded as failed', async () => {
    const { open, log } = setup();
    const reason = new RangeError('broken');
    await expect(readAll(open(failing(reason)))).rejects.toBe(reason);
    await expect(iterate(open(failing(reason)))).rejects.toBe(reason);
    await expect(open(failing(reason)).pipeTo(new WritableStream())).rejects.toBe(reason);
    await settled();
    expect(log()).toEqual([...failedWith('RangeError'), ...failedWith('RangeError'), 'open op_time error.type=RangeError']);
  });

  test('goes on when a reader lets go of it', async () => {
    const { open, log, items } = setup();
    const stream = open(letters());
    const reader = stream.getReader();
    expect(await reader.read()).toEqual({ value: 'a', done: false });
    reader.releaseLock();
    await settled();
    expect(log()).toEqual([]);
    expect(await readAll(stream)).toBe('bc');
    await settled();
    expect(items()).toBe(3);
  });

  test('that is locked refuses to be cancelled as ever, and goes on', async () => {
    const { open, log } = setup();
    const stream = open(letters());
    stream.getReader();
    await expect(stream.cancel()).rejects.toThrow('locked');
    await settled();
    expect(log()).toEqual([]);
  });
});
