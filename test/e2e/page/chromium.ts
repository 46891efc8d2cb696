import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { waitUntil } from '../servers/wait-until.ts';
import { areRequired, commandOf, missingServers } from '../../../scripts/servers.mjs';
import { bundlePage } from '../../../packages/view/test/page/bundle.ts';

const TIMEOUT_MILLIS = 120_000;

let browser: Browser | undefined;
const watched: Watched[] = [];

/** What a page did that it must not do. */
interface Watched {
  readonly page: Page;
  readonly wrongs: string[];
  readonly requests: string[];
}

/**
 * `describe` for tests in a real Chromium, on a page that was built just now. After each test its pages are closed, and must have written no
 * error to the console, broken no policy, opened no dialog, and asked for nothing but what the test expects of `requestsOf`.
 * Where there is no Chromium it is skipped, and says so; with OTEL_PERF_REQUIRE_SERVERS=1 it fails instead.
 */
export function describeInChromium(name: string, define: () => void): void {
  jest.setTimeout(TIMEOUT_MILLIS);
  const [missing] = missingServers(['chromium']);
  /* oxlint-disable jest/valid-title, jest/valid-describe-callback, jest/no-disabled-tests -- title and tests are the caller's */
  if (missing !== undefined) {
    if (!areRequired) describe.skip(`${name} (skipped: no chromium here)`, define);
    else {
      test(name, () => {
        throw new Error(`OTEL_PERF_REQUIRE_SERVERS=1, and there is no ${missing.name} here: ${missing.howToGet}`);
      });
    }
    return;
  }
  describe(name, () => {
    beforeAll(async () => {
      await bundlePage();
      browser = await chromium.launch({ executablePath: commandOf('chromium'), args: ['--headless', '--no-sandbox', '--disable-gpu'] });
    });
    afterEach(async () => {
      for (const { page, wrongs } of watched.splice(0)) {
        await page.context().close();
        expect(wrongs).toEqual([]);
      }
    });
    afterAll(() => browser?.close());
    define();
  });
  /* oxlint-enable jest/valid-title, jest/valid-describe-callback, jest/no-disabled-tests */
}

/** A page of a window of its own. */
export async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser!.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  const page = await context.newPage();
  const seen: Watched = { page, wrongs: [], requests: [] };
  watched.push(seen);
  await page.addInitScript(
    `document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => console.error('policy', violatedDirective, blockedURI))`,
  );
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') seen.wrongs.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => seen.wrongs.push(`thrown: ${error.message}`));
  page.on('dialog', (dialog) => {
    seen.wrongs.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => seen.requests.push(request.url()));
  return page;
}

/** What the page did that it must not do, so far; a test that means it takes it out. */
export function wrongsOf(page: Page): string[] {
  return watched.find((each) => each.page === page)!.wrongs;
}

/** Waits until the page says so. Its policy lets nothing be evaluated in it that waits by itself. */
export async function becomesTrue(page: Page, expression: string): Promise<void> {
  await waitUntil(expression, () => page.evaluate<boolean>(expression));
}

/** URLs, in order. */
export function requestsOf(page: Page): readonly string[] {
  return watched.find((each) => each.page === page)!.requests;
}
