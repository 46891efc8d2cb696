import { pathToFileURL } from 'node:url';

export interface LoadOptions {
  readonly requests: number;
  /** Requests under way at once. */
  readonly concurrency: number;
}

export interface LoadResult {
  readonly ok: number;
  readonly failed: number;
}

/** One after the other, and from the beginning again: every fourth request has a forged signature, and fails. */
const REQUESTS: readonly (readonly [path: string, init: RequestInit])[] = [
  ['/accounts', json({ name: 'ada', password: 'correct horse battery staple' })],
  ['/documents', { method: 'POST', body: 'All work and no play makes Jack a dull boy.\n'.repeat(5000) }],
  ['/orders', json({ lines: Array.from({ length: 200 }, (_, i) => ({ price: i, quantity: 2 })) })],
  ['/webhooks', { method: 'POST', body: 'paid', headers: { 'x-signature': 'f0'.repeat(32) } }],
];

function json(body: unknown): RequestInit {
  return { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

/** Puts load on the service, and tells how many requests succeeded and how many did not. */
export async function load(baseUrl: string, { requests, concurrency }: LoadOptions): Promise<LoadResult> {
  let sent = 0;
  let ok = 0;
  const client = async (): Promise<void> => {
    while (sent < requests) {
      const [path, init] = REQUESTS[sent++ % REQUESTS.length]!;
      if (await succeeds(new URL(path, baseUrl), init)) ok++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  return { ok, failed: requests - ok };
}

async function succeeds(url: URL, init: RequestInit): Promise<boolean> {
  try {
    const response = await fetch(url, init);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [baseUrl = 'http://127.0.0.1:3000', requests = '2000', concurrency = '10'] = process.argv.slice(2);
  const { ok, failed } = await load(baseUrl, { requests: Number(requests), concurrency: Number(concurrency) });
  console.log(`${ok} requests succeeded, ${failed} failed`);
}
