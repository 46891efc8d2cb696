import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { becomesTrue, describeInChromium } from './chromium.ts';
import { Folder } from './files.ts';
import { manySeries, picture, series } from './pictures.ts';
import { grid, isFocused } from './shown.ts';

/** What has the focus: its role or tag, and what it says. */
function focused(page: Page): Promise<{ tag: string; text: string; isSeen: boolean; outline: string }> {
  return page.evaluate(`(() => {
    const { tagName, textContent } = document.activeElement;
    const { top, bottom } = document.activeElement.getBoundingClientRect();
    const isSeen = top >= 0 && bottom <= innerHeight;
    return { tag: tagName, text: textContent, isSeen, outline: getComputedStyle(document.activeElement).outlineStyle };
  })()`);
}

async function tabTo(page: Page, isThere: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    if (await isThere()) return;
  }
  throw new Error('Tab does not come there');
}

describeInChromium('somebody with a keyboard alone', () => {
  test('comes from the start of the page to the detail of a series, and back', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(picture(manySeries(1000)));
    const filter = page.getByRole('searchbox', { name: 'Filter' });
    await tabTo(page, () => isFocused(filter));
    await page.keyboard.type('operation_77');
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toMatchObject({ tag: 'TR', text: expect.stringContaining('operation_77_time'), outline: 'solid' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await focused(page)).toMatchObject({ tag: 'H2', text: 'operation_770_time', isSeen: true });
    await page.keyboard.press('Escape');
    expect(await focused(page)).toMatchObject({ tag: 'TR', text: expect.stringContaining('operation_770_time') });
  });

  test('goes through the rows by arrows, pages and to the ends', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(picture(manySeries(1000)));
    await page.getByRole('searchbox', { name: 'Filter' }).press('Enter');
    const at = async (): Promise<string> => (await focused(page)).text.split(' ')[0]!;
    const press = async (key: string): Promise<string> => {
      await page.keyboard.press(key);
      return at();
    };
    expect(await at()).toBe('operation_0_time');
    expect(await press('ArrowUp')).toBe('operation_0_time');
    expect(await press('End')).toBe('operation_999_time');
    expect(await focused(page)).toMatchObject({ isSeen: true });
    expect(await press('ArrowUp')).toBe('operation_998_time');
    expect(Number((await press('PageUp')).split('_')[1])).toBeLessThan(995);
    expect(await press('Home')).toBe('operation_0_time');
    const paged = Number((await press('PageDown')).split('_')[1]);
    expect(paged).toBeGreaterThan(3);
    await page.evaluate(`document.querySelector('#series .scroller').scrollTop = 1e6`);
    await becomesTrue(page, `document.querySelector('#series tr[aria-rowindex="1001"]') !== null`);
    expect(await page.locator('#series tr[aria-rowindex="2"]').count()).toBe(0);
    expect(await press('ArrowDown')).toBe(`operation_${paged + 1}_time`);
  });

  test('sorts by the headings, which are buttons', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(picture(manySeries(100)));
    const button = page.getByRole('columnheader', { name: 'Average' }).getByRole('button');
    await tabTo(page, () => isFocused(button));
    await page.keyboard.press('Enter');
    expect(await page.getByRole('columnheader', { name: 'Average' }).getAttribute('aria-sort')).toBe('descending');
    await page.keyboard.press('Space');
    expect(await page.getByRole('columnheader', { name: 'Average' }).getAttribute('aria-sort')).toBe('ascending');
  });
});

describeInChromium('somebody with a screen reader', () => {
  test('finds landmarks, headings, the table with its names, and charts in words', async () => {
    await using folder = await Folder.create();
    const times = Float64Array.of(1.7e9, 1.7e9 + 1);
    const timed = series('op_time', { kind: 'distribution', unit: 's', events: { times, values: Float64Array.of(0.25, 0.5) } });
    const page = await folder.open(picture([timed, ...manySeries(50)]));
    await grid(page).locator('tbody tr[aria-rowindex]').first().click();
    for (const role of ['banner', 'navigation', 'main', 'search'] as const) expect(await page.getByRole(role).count()).toBe(1);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Performance metrics');
    const tree = await page.locator('body').ariaSnapshot();
    expect(tree).toContain('- region "Series":');
    expect(tree).toContain('- grid "Series":');
    expect(tree).toMatch(/- row "op_time .* custom test" \[selected\]:/);
    expect(tree).toContain('- rowheader "op_time"');
    expect(tree).toContain('- columnheader "p95":');
    expect(tree).toContain('- region "op_time":');
    expect(tree).toMatch(/- figure "Distribution":/);
    expect(tree).toMatch(/- img "2 values in \d+ bars, from single events, counted\."/);
    expect(tree).toContain(
      'img "value from 2023-11-14 22:13:20.000 UTC to 2023-11-14 22:13:21.000 UTC, between 250 ms and 500 ms: all 2 events."',
    );
    expect(await grid(page).getAttribute('aria-colcount')).toBe('13');
    const numbers = await grid(page)
      .locator('tr[aria-rowindex]')
      .evaluateAll((all: readonly { ariaRowIndex: string }[]) => all.map(({ ariaRowIndex }) => Number(ariaRowIndex)));
    expect(numbers).toEqual(Array.from(numbers, (_, i) => i + 1));
  });
});
