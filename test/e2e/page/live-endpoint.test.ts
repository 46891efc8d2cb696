import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { scrape, Service, sumOf } from '../../../packages/node/test/off-thread/service.ts';
import { becomesTrue, describeInChromium, newPage, requestsOf } from './chromium.ts';
import { grid, rows } from './shown.ts';

/** The full value in a column of the series called `name`, as an expression in the page. */
function cell(name: string, column: string): string {
  const found = (selector: string, begin: string): string =>
    `[...document.querySelectorAll('#series ${selector}')].findIndex(({ textContent }) => textContent.startsWith('${begin}'))`;
  const row = `document.querySelectorAll('#series tbody tr')[${found('tbody tr', name)}]`;
  return `${row}?.cells[${found('thead th', column)}].title`;
}

async function openPage(service: Service): Promise<{ page: Page; url: string; origin: string }> {
  const url = await service.url();
  const { origin } = new URL(url);
  const page = await newPage();
  const answer = await page.goto(`${origin}/`);
  expect(answer!.headers()['content-security-policy']).toContain("frame-ancestors 'none'");
  await rows(page).first().waitFor();
  return { page, url, origin };
}

describeInChromium('the page of a service', () => {
  test.each([
    ['in the process', 'false'],
    ['off-thread', 'true'],
  ])('shows what /metrics has, as it changes (%s)', async (_, OTEL_PERF_OFF_THREAD) => {
    const service = await Service.start({ page: true }, { OTEL_PERF_OFF_THREAD });
    await service.ask('count', { by: 3 });
    await service.ask('series', { instruments: 1, series: 2, records: 5 });
    const { page, url, origin } = await openPage(service);
    const total = cell('orders_total', 'Total');
    const scraped = async (): Promise<string> => String(sumOf(await scrape(url), 'orders_total'));
    expect([await page.evaluate<string>(total), await scraped()]).toEqual(['3', '3']);
    expect(await page.evaluate<string>(cell('latency_0_seconds', 'Count'))).toBe('5');
    await service.ask('count', { by: 4 });
    await becomesTrue(page, `${total} === '7'`);
    expect(await scraped()).toBe('7');
    expect(await page.locator('header').getByText(url).count()).toBe(1);
    expect(new Set(requestsOf(page).filter((each) => !each.endsWith('/favicon.ico')))).toEqual(
      new Set([`${origin}/`, `${origin}/picture.json`]),
    );
    expect((await service.end()).stderr).toBe('');
  });

  test('draws what happens in between, and has names and labels as text', async () => {
    const service = await Service.start({ page: true, resourceAttributes: { team: '<b>shop</b>' } });
    await service.ask('count', { by: 3 });
    const { page } = await openPage(service);
    await grid(page).locator('tbody tr', { hasText: 'orders_total' }).click();
    const overTime = page.getByRole('figure', { name: 'Over time' });
    await overTime.getByText('Values as a table').click();
    await service.ask('count', { by: 40 });
    // The counter stood still before and after it.
    await becomesTrue(page, `[...document.querySelectorAll('figure tbody td')].some(({ textContent }) => Number(textContent) > 0)`);
    expect(await page.locator('b').count()).toBe(0);
    expect(await grid(page).getByText('<b>shop</b>').count()).toBeGreaterThan(0);
  });
});
