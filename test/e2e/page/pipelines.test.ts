import { expect, test } from '@jest/globals';
import type { SeriesPicture } from '@otel-perf/view';
import { describeInChromium } from './chromium.ts';
import { Folder } from './files.ts';
import { picture, series } from './pictures.ts';

const STAGES = ['decode', 'detect', 'read'];

function ofStages(name: string, rest: (stage: number) => Partial<SeriesPicture>): SeriesPicture[] {
  return STAGES.map((stage, i) => series(name, { tags: { 'pipeline.name': 'ocr', stage }, ...rest(i) }));
}

function times(seconds: number): Partial<SeriesPicture> {
  const figures = { count: 10, average: seconds, p50: seconds * 0.9, p95: seconds * 2, p99: seconds * 3, exactPercentiles: true };
  return { kind: 'distribution', unit: 's', figures };
}

/** What is asked of a figure and its name. */
interface ReadingRow {
  readonly children: readonly [{ readonly textContent: string }, { readonly title: string }];
}

const all = [
  ...ofStages('cpu_pipeline_queue_depth', (i) => ({ figures: { last: i * 4, exactPercentiles: false } })),
  ...ofStages('cpu_pipeline_workers', () => ({ figures: { last: 2, exactPercentiles: false } })),
  ...ofStages('cpu_pipeline_stage_time', (i) => times(0.125 * (i + 1))),
  ...ofStages('cpu_pipeline_wait_time', (i) => times(0.0625 * (i + 1))),
];

describeInChromium('a pipeline', () => {
  test('is the way of an item: each stage with its queue and its times, in full', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(picture(all));
    const stages = page.getByRole('list', { name: 'Stages of ocr' }).locator(':scope > li');
    expect(await stages.locator('h4').allTextContents()).toEqual(STAGES);
    for (const [i] of STAGES.entries()) {
      const titles = await stages
        .nth(i)
        .locator('dl > div:visible')
        .evaluateAll((all: readonly ReadingRow[]) => all.map(({ children: [term, value] }) => [term.textContent, value.title]));
      const [work, wait] = [0.125 * (i + 1), 0.0625 * (i + 1)];
      expect(titles).toEqual([
        ['Items in it', String(i * 4)],
        ['Wait average', `${wait} s`],
        ['Wait p50', `${wait * 0.9} s`],
        ['Wait p95', `${wait * 2} s`],
        ['Average', `${work} s`],
        ['p50', `${work * 0.9} s`],
        ['p95', `${work * 2} s`],
        ['p99', `${work * 3} s`],
        ['Workers', '2'],
      ]);
    }
  });

  test('leads from a stage to the series behind it', async () => {
    await using folder = await Folder.create();
    const page = await folder.open(picture(all));
    await page.getByRole('button', { name: 'Detail of waiting in front of detect' }).click();
    expect(await page.locator('#detail h2').textContent()).toBe('cpu_pipeline_wait_time');
    expect(await page.locator('#detail dd').allTextContents()).toEqual(['test', 'custom', 's', 'ocr', 'detect']);
    expect(await page.getByRole('row', { selected: true }).textContent()).toContain('stage="detect"');
  });
});
