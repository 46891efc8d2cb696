import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { readPicture, runHtml } from '@otel-perf/view';
import type { Page } from 'playwright-core';
import { describeInChromium, newPage, requestsOf } from './chromium.ts';
import { Folder } from './files.ts';
import { picture, series } from './pictures.ts';
import { record } from './recorded.ts';
import { expectRow, grid, inFull, KEYS, rows } from './shown.ts';

async function openReport(file: string): Promise<Page> {
  const page = await newPage();
  await page.goto(pathToFileURL(file).href);
  return page;
}

describeInChromium('a page that otel-perf html wrote', () => {
  test.each(['events', 'points', 'prometheus'] as const)('shows every figure of the %s', async (kind) => {
    await using folder = await Folder.create();
    const recorded = await record(folder.path);
    const out = join(folder.path, 'report.html');
    expect(await runHtml([recorded[kind], '-o', out])).toBe(0);
    const { series: all } = await readPicture(recorded[kind]);
    expect(all.length).toBeGreaterThan(2);
    const page = await openReport(out);
    expect(await grid(page).getAttribute('aria-rowcount')).toBe(String(all.length + 1));
    expect(await rows(page).count()).toBe(all.length);
    for (const [i, each] of all.entries()) {
      await expectRow(rows(page).nth(i), each);
      await rows(page).nth(i).click();
      expect(await page.locator('#detail h2').textContent()).toBe(each.name);
      expect(await page.locator('#detail .figures td.full').allTextContents()).toEqual(KEYS.map((key) => inFull(each, key)));
    }
    expect(requestsOf(page)).toEqual([pathToFileURL(out).href]);
  });

  test('shows the memory of a pool as its snapshot has it', async () => {
    await using folder = await Folder.create();
    const { points, snapshot } = await record(folder.path);
    const out = join(folder.path, 'report.html');
    expect(await runHtml([points, '--arenas', snapshot, '-o', out])).toBe(0);
    const page = await openReport(out);
    const pools = page.getByRole('region', { name: 'Memory pools', exact: true });
    const used = (await readPicture(points)).series.find(({ name }) => name === 'memory_pool_used')!;
    expect(await pools.getByRole('row').nth(1).locator('td').nth(1).getAttribute('title')).toBe(`${used.figures.last} By`);
    const maps = page.getByRole('region', { name: 'Memory maps' });
    expect(await maps.getByRole('img').getAttribute('aria-label')).toContain('4 KiB in');
    await maps.getByText('All blocks as a table').click();
    const ids = await maps.getByRole('grid', { name: 'Blocks' }).locator('tbody tr[aria-rowindex] td:nth-child(4)').allTextContents();
    expect(ids.filter((id) => id !== '–')).toEqual(['first', 'third']);
    await maps.getByRole('row').filter({ hasText: 'third' }).click();
    expect(await maps.getByRole('row', { selected: true }).textContent()).toContain('third');
  });
});

describeInChromium('the charts of a series', () => {
  const buckets = [
    { lower: -Infinity, upper: 0.01, count: 20 },
    { lower: 0.01, upper: 0.05, count: 70 },
    { lower: 0.05, upper: Infinity, count: 10 },
  ];
  const times = Float64Array.from({ length: 5 }, (_, i) => 1_700_000_000 + i);
  const values = Float64Array.of(0.25, 0.5, 0.1, 0.75, 0.5);

  test('have the same values as a table', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(
      picture([
        series('of_buckets', { kind: 'distribution', unit: 's', distribution: { count: 100, sum: 3, buckets } }),
        series('of_events', { kind: 'distribution', unit: 's', events: { times, values } }),
      ]),
    );
    await rows(page).nth(0).click();
    const distribution = page.getByRole('figure', { name: 'Distribution' });
    expect(await distribution.getByRole('img').getAttribute('aria-label')).toContain(
      '100 values in 3 bars, from the buckets of a histogram',
    );
    await distribution.getByText('Values as a table').click();
    // Its rows are made when it is opened.
    await distribution.locator('tbody tr').first().waitFor();
    expect(await distribution.locator('tbody tr').allTextContents()).toEqual([
      '-Inf s0.01 s2020 %',
      '0.01 s0.05 s7070 %',
      '0.05 s+Inf s1010 %',
    ]);
    expect(await page.getByRole('figure', { name: 'Over time' }).count()).toBe(0);
    await rows(page).nth(1).click();
    const overTime = page.getByRole('figure', { name: 'Over time' });
    expect(await overTime.getByRole('img').getAttribute('aria-label')).toContain('all 5 events');
    await overTime.getByText('Values as a table').click();
    await overTime.locator('tbody td').first().waitFor();
    expect(await overTime.locator('tbody td').allTextContents()).toEqual([...values].map((value) => `${value} s`));
  });

  test('are drawn, and again in the colours of another theme', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(picture([series('of_events', { kind: 'distribution', unit: 's', events: { times, values } })]), {
      colorScheme: 'dark',
    });
    await rows(page).nth(0).click();
    const canvas = page.getByRole('figure', { name: 'Over time' }).locator('canvas');
    const drawn = (): Promise<string> => canvas.evaluate((drawn: { toDataURL(): string }) => drawn.toDataURL());
    const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await canvas.waitFor();
    const dark = [await ground(), await drawn()];
    await page.getByRole('button', { name: 'Light colours' }).click();
    const light = [await ground(), await drawn()];
    expect([dark[0], light[0]]).toEqual(['rgb(20, 23, 28)', 'rgb(255, 255, 255)']);
    expect(light[1]).not.toBe(dark[1]);
    await page.getByRole('button', { name: 'Dark colours' }).click();
    expect([await ground(), await drawn()]).toEqual(dark);
  });
});
