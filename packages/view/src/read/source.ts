import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';

/** Where bytes come from. */
export interface Source {
  /** What may be shown: without credentials, and without what a URL's query may tell. */
  readonly shown: string;
  open(signal: AbortSignal | undefined, headers: Readonly<Record<string, string>>): Promise<Opened>;
}

export interface Opened {
  readonly contentType: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Unix seconds of an answer, whose values are of that moment. `NaN` for a file. */
  readonly answeredAt: number;
}

const TIMEOUT_MILLIS = 10_000;
const MOST_BYTES = 512 * 2 ** 20;
const CHUNK = 256 * 1024;
const ACCEPT = 'application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4,application/json;q=0.5,*/*;q=0.1';

export function sourceOf(where: string): Source {
  if (/^https?:\/\//i.test(where)) return new Endpoint(where);
  return new File(/^file:\/\//i.test(where) ? fileURLToPath(where) : where);
}

class File implements Source {
  readonly shown: string;

  constructor(path: string) {
    this.shown = path;
  }

  async open(signal: AbortSignal | undefined): Promise<Opened> {
    const bytes = createReadStream(this.shown, { highWaterMark: CHUNK, ...(signal === undefined ? {} : { signal }) });
    return { contentType: '', bytes: unzipped(bytes), answeredAt: NaN };
  }
}

class Endpoint implements Source {
  readonly shown: string;
  readonly #url: URL;
  readonly #authorization: Readonly<Record<string, string>>;

  constructor(where: string) {
    if (!URL.canParse(where)) throw new TypeError('it is not a URL');
    const url = new URL(where);
    const { username, password, origin, pathname, search } = url;
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.#authorization = credentials === ':' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
    url.username = '';
    url.password = '';
    this.#url = url;
    this.shown = `${origin}${pathname}${search === '' ? '' : '?…'}`;
  }

  async open(signal: AbortSignal | undefined, headers: Readonly<Record<string, string>>): Promise<Opened> {
    const limit = AbortSignal.timeout(TIMEOUT_MILLIS);
    const response = await fetch(this.#url, {
      headers: { accept: ACCEPT, ...this.#authorization, ...headers },
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Error(`the answer is ${response.status} ${response.statusText}`.trimEnd());
    }
    const answeredAt = Date.now() / 1000;
    return { contentType: response.headers.get('content-type') ?? '', bytes: limited(unzipped(response.body)), answeredAt };
  }
}

/** Unzips what is zipped. */
async function* unzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  const all = startingWith(first.value, iterator);
  if (first.value[0] === 0x1f && first.value[1] === 0x8b) yield* gunzip(all);
  else yield* all;
}

async function* startingWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield first;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const next = await rest.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}

async function* gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const unzipping = createGunzip({ chunkSize: CHUNK });
  // An error of either end destroys the other with it, and whoever iterates is told.
  pipeline(bytes, unzipping).catch(() => {});
  yield* unzipping as AsyncIterable<Uint8Array>;
}

async function* limited(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let count = 0;
  for await (const chunk of bytes) {
    count += chunk.length;
    if (count > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`);
    yield chunk;
  }
}

/** Why opening or reading failed, without the path or URL. */
export function reasonOf(error: unknown): string {
  // Errors of Node.js are not `instanceof Error` in every context that it runs code in.
  const { name, message, code, cause, errors } = Object(error) as Partial<NodeJS.ErrnoException & AggregateError>;
  if (name === 'TimeoutError') return `no complete answer within ${TIMEOUT_MILLIS / 1000} s`;
  // fetch tells why in the cause, which has one error an address that was tried.
  if (errors !== undefined && errors.length > 0) return reasonOf(errors[0]);
  if (cause !== undefined) return reasonOf(cause);
  return FILE_ERRORS.get(code ?? '') ?? message ?? String(error);
}

const FILE_ERRORS = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a directory'],
  ['EACCES', 'permission denied'],
]);
