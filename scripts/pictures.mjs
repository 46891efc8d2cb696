// Makes the pictures of docs/view.md: what `otel-perf report`, `top` and `html` show of the OCR example. Needs a build and Chromium.
import { spawnSync } from 'node:child_process';
import { mkdtemp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { capture, withBrowser } from './pictures/browser.mjs';
import { BusyService, readSamples } from './pictures/ocr-service.mjs';
import { svgOf } from './pictures/svg.mjs';
import { PictureTerminal } from './pictures/terminal.mjs';

const root = join(import.meta.dirname, '..');
const command = join(root, 'packages', 'node', 'dist', 'cli', 'main.js');
const pictures = join(root, 'docs', 'pictures');
const document = join(root, 'docs', 'view.md');

const CLIENTS = 4;
/** Until sparklines have something to tell. */
const BUSY_MILLIS = 40_000;
const SCREEN = { columns: 120, rows: 36 };
const MOST_BYTES = { png: 200_000, svg: 60_000 };
const REPORT = ['report', 'metrics.json', '--top', '10'];
const BEGIN = '<!-- report: npm run pictures -->\n```text\n';
const END = '```\n<!-- end of the report -->';

/** What `otel-perf` prints with these arguments in `cwd`. */
function otelPerf(cwd, ...args) {
  const { status, stdout } = spawnSync(process.execPath, [command, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`otel-perf ${args.join(' ')} ended with status ${status}`);
  return stdout;
}

async function pictureReport(folder) {
  const report = otelPerf(folder, ...REPORT);
  await writeFile(join(pictures, 'report.txt'), report);
  const text = await readFile(document, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from === -1 || to < from) throw new Error(`docs/view.md has no place for the report`);
  await writeFile(document, `${text.slice(0, from + BEGIN.length)}$ npx otel-perf ${REPORT.join(' ')}\n${report}${text.slice(to)}`);
}

/** The same service at the same moment for all of these, while it works. */
async function pictureService(folder) {
  await using service = await BusyService.start(folder, CLIENTS);
  const endpoint = `${service.url}/metrics`;
  const top = new PictureTerminal([command, 'top', endpoint], SCREEN);
  await sleep(BUSY_MILLIS);
  await top.until((text) => text.includes('of the last') && !text.includes('error'));
  await writeFile(join(pictures, 'top.svg'), svgOf(top.rows, { columns: SCREEN.columns, title: 'otel-perf top, of the OCR example' }));
  await top.end('q');
  otelPerf(folder, 'html', endpoint, '-o', 'live.html');
}

async function picturePage(open, file, name, colorScheme) {
  const page = await open(file, colorScheme);
  await page.getByRole('columnheader', { name: 'Average' }).getByRole('button').click();
  await page.mouse.move(0, 0);
  await capture(page, join(pictures, name));
}

async function pictureSeries(open, file) {
  const page = await open(file);
  await page.getByRole('columnheader', { name: 'Count' }).getByRole('button').click();
  await page.getByRole('row').filter({ hasText: 'memory_pool_allocate_time' }).click();
  await page.getByRole('figure', { name: 'Distribution' }).locator('canvas').waitFor();
  await page.mouse.move(0, 0);
  await capture(page, join(pictures, 'series.png'));
}

async function picturePipelines(open, file) {
  const page = await open(file);
  await capture(page, join(pictures, 'pipelines.png'), [page.locator('#pipelines'), page.locator('#pools')]);
}

async function checkSizes() {
  for (const name of ['page-light.png', 'page-dark.png', 'series.png', 'pipelines.png', 'top.svg']) {
    // oxlint-disable-next-line no-await-in-loop -- few files
    const { size } = await stat(join(pictures, name));
    console.log(`${name}: ${Math.round(size / 1000)} kB`);
    if (size > MOST_BYTES[name.split('.').at(-1)]) throw new Error(`${name} is too large for a document`);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'otel-perf-pictures-'));
try {
  await mkdir(pictures, { recursive: true });
  await readSamples(folder);
  await pictureReport(folder);
  otelPerf(folder, 'html', 'metrics.json', '-o', 'page.html');
  await pictureService(folder);
  await withBrowser(async (open) => {
    const [page, live] = ['page.html', 'live.html'].map((name) => join(folder, name));
    await picturePage(open, page, 'page-light.png', 'light');
    await picturePage(open, page, 'page-dark.png', 'dark');
    await pictureSeries(open, page);
    await picturePipelines(open, live);
  });
  await checkSizes();
} finally {
  await rm(folder, { recursive: true, force: true });
}
