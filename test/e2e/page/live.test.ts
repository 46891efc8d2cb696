import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { livePage, pictureJson, type Picture } from '@otel-perf/view';
import type { Page } from 'playwright-core';
import { becomesTrue, describeInChromium, newPage, requestsOf, wrongsOf } from './chromium.ts';
import { picture, series } from './pictures.ts';
import { rows } from './shown.ts';

/** A server with a live page, of a process whose numbers grow. */
class LiveServer implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  #readings = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}/page`;
  }

  static async start(port = 0): Promise<LiveServer> {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const made = new LiveServer(server, (server.address() as AddressInfo).port);
    const { html, contentSecurityPolicy } = livePage({ dataPath: '/page/data', title: 'Orders' });
    server.on('request', ({ url }, response) => {
      if (url === '/page') {
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': contentSecurityPolicy }).end(html);
      } else if (url === '/page/data') {
        response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(pictureJson(made.#picture()));
      } else response.writeHead(204).end();
    });
    return made;
  }

  get readings(): number {
    return this.#readings;
  }

  /** The number of the reading is a gauge, and ten times it a counter. */
  #picture(): Picture {
    const reading = ++this.#readings;
    const figures = { exactPercentiles: false };
    const all = [
      series('reading', { figures: { ...figures, last: reading } }),
      series('requests', { kind: 'counter', figures: { ...figures, total: reading * 10 } }),
    ];
    return picture(all, { from: 'this process', takenAt: 1_700_000_000 + reading * 5 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

async function openLive(server: LiveServer): Promise<Page> {
  const page = await newPage();
  await page.goto(server.url);
  await rows(page).first().waitFor();
  return page;
}

const lastOfFirst = 'document.querySelector("#series tbody tr[aria-rowindex=\\"2\\"] td:nth-child(9)")?.title';

describeInChromium('a live page', () => {
  test('shows each new picture, and what happened between them over time', async () => {
    await using server = await LiveServer.start();
    const page = await openLive(server);
    await rows(page).nth(1).click();
    await becomesTrue(page, `Number(${lastOfFirst}) >= 3`);
    const overTime = page.getByRole('figure', { name: 'Over time' });
    await overTime.getByText('Values as a table').click();
    await overTime.locator('tbody td').first().waitFor();
    const rates = await overTime.locator('tbody td').allTextContents();
    expect(rates.length).toBeGreaterThanOrEqual(2);
    expect(new Set(rates)).toEqual(new Set(['2']));
    const origin = new URL(server.url).origin;
    expect(requestsOf(page).filter((url) => ![`${origin}/page`, `${origin}/page/data`, `${origin}/favicon.ico`].includes(url))).toEqual([]);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Orders');
  });

  test('keeps the focus while numbers change', async () => {
    await using server = await LiveServer.start();
    const page = await openLive(server);
    await page.getByRole('searchbox', { name: 'Filter' }).press('ArrowDown');
    await becomesTrue(page, `Number(${lastOfFirst}) >= 2`);
    expect(await page.evaluate('document.activeElement.ariaRowIndex')).toBe('2');
  });

  test('tells that the connection is lost, keeps what it has, and goes on when it is back', async () => {
    const lost = await LiveServer.start();
    const page = await openLive(lost);
    await lost[Symbol.asyncDispose]();
    const status = page.locator('header').getByRole('status');
    await becomesTrue(page, 'document.querySelector("header [role=status]").textContent.startsWith("Connection lost at")');
    expect(await rows(page).count()).toBe(2);
    await using back = await LiveServer.start(Number(new URL(lost.url).port));
    await becomesTrue(page, 'document.querySelector("header [role=status]").textContent === ""');
    expect(back.readings).toBeGreaterThan(0);
    expect(await status.textContent()).toBe('');
    // What the browser itself writes of a request that fails.
    expect(
      wrongsOf(page)
        .splice(0)
        .every((wrong) => wrong.includes('ERR_CONNECTION_REFUSED')),
    ).toBe(true);
  });

  test('does not ask while nobody can see it', async () => {
    await using server = await LiveServer.start();
    const page = await openLive(server);
    const hide = (isHidden: boolean): Promise<void> =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await hide(true);
    await page.waitForLoadState('networkidle');
    const before = server.readings;
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect(server.readings).toBe(before);
    await hide(false);
    await becomesTrue(page, `Number(${lastOfFirst}) > ${before}`);
  });
});
