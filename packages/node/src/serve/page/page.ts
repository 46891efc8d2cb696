import type { IncomingMessage, ServerResponse } from 'node:http';
import { diag } from '@opentelemetry/api';
import { messageOf, type Problems } from '../../problems.ts';
import { loadPeer } from '../../wire/peers.ts';
import type { Handler } from '../guard.ts';
import { isForLoopback } from './loopback.ts';
import { ICON_PATH, PAGE_PATH, PICTURE_PATH } from './paths.ts';
import { Pictures, type PictureSource } from './pictures.ts';

/** What is sent. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Answers = ReadonlyMap<string, () => Answer | Promise<Answer>>;

/** Nobody else's page may have it in a frame, open it and keep hold of it, or load it as a part of itself; and nothing keeps a copy. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};
const NOTHING_ALLOWED = "default-src 'none'; frame-ancestors 'none'";

/** The live page, its data and its icon. `@otel-perf/view` is loaded for it; what goes wrong there is told. */
export class Page {
  /** Settled once it is there, or will not be. Never rejects. */
  readonly ready: Promise<void>;
  /** By path. They answer nobody who does not ask for this machine by itself. */
  readonly handlers: ReadonlyMap<string, Handler>;
  #answers: Answers = new Map();

  constructor(source: PictureSource, problems: Problems) {
    this.ready = this.#open(source, problems);
    this.handlers = new Map(
      [PAGE_PATH, PICTURE_PATH, ICON_PATH].map((path) => [path, (request, response) => void this.#handle(path, request, response)]),
    );
  }

  async #open(source: PictureSource, problems: Problems): Promise<void> {
    const view = await loadPeer('@otel-perf/view', () => import('@otel-perf/view'), 'No page is served beside the metrics', problems);
    if (view === undefined) return;
    try {
      const { html, contentSecurityPolicy } = view.livePage({ dataPath: PICTURE_PATH });
      const pictures = new Pictures(view, source);
      this.#answers = new Map<string, () => Answer | Promise<Answer>>([
        [PAGE_PATH, () => content(html, 'text/html', contentSecurityPolicy)],
        [PICTURE_PATH, async () => content(await pictures.json(), 'application/json')],
        [ICON_PATH, () => ({ status: 204, headers: {}, body: '' })],
      ]);
    } catch (error) {
      problems.tell('no-page', `No page is served beside the metrics: ${messageOf(error)}.`);
    }
  }

  async #handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', (error) => diag.debug('otel-perf: the page could not be sent', error));
    const { status, headers, body } = await this.#answerTo(path, request);
    if (response.destroyed) return;
    const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    response.writeHead(status, { ...HEADERS, 'content-security-policy': NOTHING_ALLOWED, ...headers, ...length });
    response.end(request.method === 'HEAD' ? '' : body);
  }

  async #answerTo(path: string, { method, headers: { host } }: IncomingMessage): Promise<Answer> {
    if (!isForLoopback(host)) return refusal(421, 'The page is at an address of this machine, such as 127.0.0.1');
    if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'method not allowed', { allow: 'GET, HEAD' });
    try {
      await this.ready;
      return (await this.#answers.get(path)?.()) ?? refusal(404, 'There is no page: see the warnings of the service');
    } catch (error) {
      diag.error('otel-perf: no picture for the page', error);
      return refusal(500, 'metrics collection failed');
    }
  }
}

function content(body: string, type: string, policy = NOTHING_ALLOWED): Answer {
  return { status: 200, headers: { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': policy }, body };
}

function refusal(status: number, reason: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: `${reason}\n` };
}
