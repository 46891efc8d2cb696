import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import * as prometheusParts from '@otel-perf/metrics/prometheus-parts';
import { SharedText, type ChunkedText } from './shared-text.ts';

/** Where the text comes from. */
export interface TextSource {
  contentType(format: prometheusParts.TextFormat): string;
  /** @param names of the families that are wanted; `undefined` for all. */
  render(format: prometheusParts.TextFormat, names: ReadonlySet<string> | undefined): ChunkedText;
}

/**
 * Answers GET and HEAD with the text in the format that the client prefers, of the families that `name[]` names, with gzip where it takes
 * it. What comes while the same is being rendered shares it, compressed or not. Never throws and leaves no rejection unhandled.
 */
export function createTextHandler(
  source: TextSource,
  onScrape: () => void = () => {},
): (request: IncomingMessage, response: ServerResponse) => void {
  const texts = new Map<string, SharedText>();

  const shared = (key: string, make: () => ChunkedText): SharedText => {
    let text = texts.get(key);
    if (text === undefined) {
      text = new SharedText(make(), () => texts.delete(key));
      texts.set(key, text);
    }
    return text;
  };

  const textFor = ({ format, names, gzip }: Wish): SharedText => {
    const key = `${format}\0${names === undefined ? '' : [...names].sort().join('\0')}`;
    const plain = (): SharedText => shared(key, () => source.render(format, names));
    return gzip ? shared(`gzip\0${key}`, () => ({ chunks: compressed(plain()), release: () => {} })) : plain();
  };

  return (request, response) => {
    if (!prometheusParts.isScrape(request, response)) return;
    onScrape();
    const wish = wishOf(request);
    const headers = {
      'content-type': source.contentType(wish.format),
      vary: 'accept, accept-encoding',
      ...(wish.gzip ? { 'content-encoding': 'gzip' } : {}),
    };
    if (request.method === 'HEAD') response.writeHead(200, headers).end();
    // Of one that is closed already nobody would hear that it is: the text would be made for nobody, and kept.
    else if (!response.closed) void respond(textFor(wish), headers, response);
  };
}

interface Wish {
  readonly format: prometheusParts.TextFormat;
  readonly names: ReadonlySet<string> | undefined;
  readonly gzip: boolean;
}

function wishOf({ url = '', headers }: IncomingMessage): Wish {
  const query = url.indexOf('?');
  const names = query < 0 ? [] : new URLSearchParams(url.slice(query)).getAll('name[]');
  return {
    format: prometheusParts.textFormat(headers.accept),
    names: names.length === 0 ? undefined : new Set(names),
    gzip: prometheusParts.acceptsGzip(headers['accept-encoding']),
  };
}

async function respond(text: SharedText, headers: Record<string, string>, response: ServerResponse): Promise<void> {
  text.join();
  // Its client has all, or is gone: that is known here first.
  response.once('close', () => text.leave());
  try {
    const chunks = text.read();
    // What fails at once is to have a status of its own.
    const first = await chunks.next();
    if (response.destroyed) return;
    response.writeHead(200, headers);
    if (first.done === true) response.end();
    else await pipeline(Readable.from(withFirst(first.value, chunks)), response);
  } catch (error) {
    prometheusParts.answerFailure(response, error);
  }
}

async function* withFirst(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield first;
  yield* rest;
}

/** By the threads of libuv. Level 1: the text is made once and read once. */
async function* compressed(text: SharedText): AsyncGenerator<Uint8Array, void, undefined> {
  text.join();
  try {
    const gzip = createGzip({ level: 1 });
    const done = pipeline(Readable.from(text.read()), gzip);
    // Its failure is the stream's own, which is thrown below.
    done.catch(() => {});
    for await (const chunk of gzip) yield chunk as Uint8Array;
  } finally {
    text.leave();
  }
}
