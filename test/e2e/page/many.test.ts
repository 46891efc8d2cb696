import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { becomesTrue, describeInChromium } from './chromium.ts';
import { Folder } from './files.ts';
import { manySeries, picture } from './pictures.ts';
import { expectRow, grid, rows } from './shown.ts';

const COUNT = 10_000;
const all = manySeries(COUNT);

/** Rows that can be seen at once, and some more. */
const MOST_ROWS = 60;

/** Scrolls, and waits for a frame to be shown. */
async function scrollTo(page: Page, part: number): Promise<void> {
  await page.evaluate(`new Promise((seen) => {
    const box = document.querySelector('#series .scroller');
    box.scrollTop = ${part} * box.scrollHeight;
    requestAnimationFrame(() => requestAnimationFrame(() => seen()));
  })`);
}

/** Numbers of the rows that lie within the table's box now, below the heading; and whether they fill it. */
function seen(page: Page): Promise<{ first: number; last: number; isFull: boolean }> {
  return page.evaluate(`(() => {
    const box = document.querySelector('#series .scroller').getBoundingClientRect();
    const top = document.querySelector('#series thead th').getBoundingClientRect().bottom;
    const rows = [...document.querySelectorAll('#series tbody tr[aria-rowindex]')].map((row) => [row.ariaRowIndex, row.getBoundingClientRect()]);
    const within = rows.filter(([, { top: y, bottom }]) => bottom > top + 1 && y < box.bottom - 1);
    const isFull = within[0][1].top <= top + 1 && within.at(-1)[1].bottom >= box.bottom - 20;
    return { first: Number(within[0][0]) - 2, last: Number(within.at(-1)[0]) - 2, isFull };
  })()`);
}

describeInChromium('10,000 series', () => {
  test('scroll to their end, with few rows in the document and the right ones', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(picture(all));
    expect(await grid(page).getAttribute('aria-rowcount')).toBe(String(COUNT + 1));
    for (let step = 0; step <= 20; step++) {
      await scrollTo(page, step / 20);
      expect(await rows(page).count()).toBeLessThan(MOST_ROWS);
      const { first, last, isFull } = await seen(page);
      expect(isFull).toBe(true);
      if (step === 0) expect(first).toBe(0);
      if (step === 20) expect(last).toBe(COUNT - 1);
      const row = page.locator(`#series tr[aria-rowindex="${first + 2}"]`);
      await expectRow(row, all[first]!);
    }
  });

  test('scroll by the wheel without a frame in which rows are missing', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(picture(all));
    await page.evaluate(`(() => {
      const box = document.querySelector('#series .scroller');
      window.frames_ = { seen: 0, gaps: 0 };
      const look = () => {
        const area = box.getBoundingClientRect();
        const at = document.elementFromPoint(area.x + 50, area.bottom - 40)?.closest('tr');
        window.frames_.seen++;
        if (!at?.hasAttribute('aria-rowindex')) window.frames_.gaps++;
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    })()`);
    await page.locator('#series .scroller').hover();
    for (let i = 0; i < 40; i++) await page.mouse.wheel(0, 900);
    await becomesTrue(page, `document.querySelector('#series .scroller').scrollTop > 20000`);
    const { seen: frames, gaps } = await page.evaluate<{ seen: number; gaps: number }>('window.frames_');
    expect(frames).toBeGreaterThan(5);
    expect(gaps).toBe(0);
  });

  test('sort by any column, either way', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(picture(all));
    const heading = page.getByRole('columnheader', { name: 'p95' });
    expect(await heading.getAttribute('aria-sort')).toBe('none');
    const byP95 = all.toSorted((a, b) => b.figures.p95! - a.figures.p95!);
    await heading.getByRole('button').click();
    expect(await heading.getAttribute('aria-sort')).toBe('descending');
    for (const i of [0, 1, 5]) await expectRow(rows(page).nth(i), byP95[i]!);
    await heading.getByRole('button').click();
    expect(await heading.getAttribute('aria-sort')).toBe('ascending');
    for (const i of [0, 1, 5]) await expectRow(rows(page).nth(i), byP95.at(-1 - i)!);
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    expect(await heading.getAttribute('aria-sort')).toBe('none');
    for (const i of [2, 10]) await expectRow(rows(page).nth(i), all[i]!);
  });

  test('are filtered as somebody types', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(picture(all));
    const status = page.locator('#series').getByRole('status');
    expect(await status.textContent()).toBe('10,000 series');
    await scrollTo(page, 1);
    await page.getByRole('searchbox', { name: 'Filter' }).fill('OPERATION_99 part="3"');
    const wanted = all.filter(({ name, tags }) => name.includes('operation_99') && tags['part'] === 3);
    expect(await status.textContent()).toBe(`${wanted.length} of 10,000 series`);
    expect(await grid(page).getAttribute('aria-rowcount')).toBe(String(wanted.length + 1));
    await expectRow(rows(page).first(), wanted[0]!);
    await page.getByRole('searchbox', { name: 'Filter' }).fill('no such thing');
    expect(await rows(page).count()).toBe(0);
    await page.getByRole('searchbox', { name: 'Filter' }).fill('');
    await page.getByRole('combobox', { name: 'Kind' }).selectOption('gauge');
    expect(await status.textContent()).toBe('0 of 10,000 series');
  });
});
