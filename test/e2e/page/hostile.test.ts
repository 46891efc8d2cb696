import { expect, test } from '@jest/globals';
import type { SeriesPicture } from '@otel-perf/view';
import { describeInChromium, requestsOf, wrongsOf } from './chromium.ts';
import { waitUntil } from '../servers/wait-until.ts';
import { Folder } from './files.ts';
import { picture, series } from './pictures.ts';
import { rows } from './shown.ts';

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(2)>',
  "javascript:alert(3)//'",
  '<!--<script>',
  ']]>&lt;b&gt;&#60;i>',
  'line\u2028and\u2029ends',
  '__proto__',
  'constructor',
  '${alert(4)}{{alert(5)}}',
  '<svg onload=alert(6)>',
];
const LONG = 'x'.repeat(100_000);

function everywhere(text: string): SeriesPicture[] {
  const tags = JSON.parse(`{${JSON.stringify(text)}: ${JSON.stringify(text)}, "pool.type": ${JSON.stringify(text)}, "pool.name": "p"}`);
  const pipeline = { 'pipeline.name': text, stage: text };
  const rest = { source: text, type: text, unit: text };
  return [
    series(text, { ...rest, tags }),
    series('memory_pool_used', { ...rest, tags }),
    series('cpu_pipeline_queue_depth', { ...rest, tags: pipeline }),
    series('cpu_pipeline_wait_time', { ...rest, kind: 'distribution', tags: pipeline }),
  ];
}

describeInChromium('names and labels from anywhere', () => {
  test.each(HOSTILE)('stay text: %j', async (text) => {
    await using folder = await Folder.create();
    const blocks = [{ offset: 0, size: 8, state: 'live', id: text }] as const;
    const arenas = [{ type: text, name: text, size: 8, takenAt: 0, blocks }];
    const page = await folder.open(picture(everywhere(text), { from: text, problems: [text], arenas }));
    const shown = text.replace('\u2028', '\\u{2028}').replace('\u2029', '\\u{2029}');
    expect(await rows(page).first().locator('th').textContent()).toContain(shown);
    await rows(page).first().click();
    expect(await page.locator('#detail h2').textContent()).toBe(shown);
    expect(await page.locator('#detail dd').allTextContents()).toEqual(
      [shown, shown, shown, shown, shown, 'p'].slice(0, -2).concat(shown, 'p'),
    );
    expect(await page.locator('#problems li').textContent()).toBe(shown);
    expect(await page.locator('.pipeline h3, .pipeline h4').allTextContents()).toEqual([shown, shown]);
    expect(await page.locator('img, svg, b, i, main script').count()).toBe(0);
    expect(requestsOf(page)).toHaveLength(1);
  });

  test('cannot turn what is beside them around', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(picture([series('\u202eevil\u2066', { tags: { a: '\u0000\u200f' } })]));
    expect(await rows(page).first().locator('th').textContent()).toBe('\\u{202e}evil\\u{2066} {a="\\u0000\\u{200f}"}');
    expect(await page.evaluate(`getComputedStyle(document.querySelector('#series tbody th')).unicodeBidi`)).toBe('isolate');
  });

  test('may be long, and take no room for it', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(picture([series(LONG, { tags: { [LONG]: LONG } }), series('next')]));
    const [first, second] = [await rows(page).nth(0).boundingBox(), await rows(page).nth(1).boundingBox()];
    expect(first!.height).toBe(second!.height);
    await rows(page).first().click();
    expect(await page.locator('#detail h2').textContent()).toBe(LONG);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});

describeInChromium('the policy of a page', () => {
  test('refuses what a mistake in the page would let through', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(picture([series('a')]));
    await expect(page.evaluate(`document.body.innerHTML = '<img src=x onerror=alert(1)>'`)).rejects.toThrow('TrustedHTML');
    await expect(page.evaluate(`document.body.setAttribute('onclick', 'alert(1)')`)).rejects.toThrow('TrustedScript');
    await page.evaluate(`document.body.append(Object.assign(document.createElement('img'), { src: 'http://127.0.0.1:9/' }))`);
    await page.evaluate(`fetch('http://127.0.0.1:9/').catch(() => {})`);
    const directives = ['require-trusted-types-for', 'img-src', 'connect-src'];
    const isRefused = (directive: string): boolean => wrongsOf(page).some((wrong) => wrong.startsWith(`error: policy ${directive}`));
    await waitUntil('all of it to be refused', () => directives.every(isRefused));
    wrongsOf(page).length = 0;
  });
});
