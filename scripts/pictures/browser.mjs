// Pages in a real Chromium, and pictures of them.
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commandOf } from '../servers.mjs';

const root = join(import.meta.dirname, '..', '..');
const { chromium } = requireOf('test/e2e')('playwright-core');
const sharp = requireOf('packages/cpu-pipeline')('sharp');

const VIEWPORT = { width: 1280, height: 800 };
const COLOURS = 64;

function requireOf(folder) {
  return createRequire(join(root, folder, 'package.json'));
}

/** Runs `use` with a function that opens the page of a file in a colour scheme. */
export async function withBrowser(use) {
  const executablePath = commandOf('chromium');
  if (executablePath === undefined) throw new Error('no Chromium is here; on Debian, `apt-get install chromium`');
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  try {
    await use(async (file, colorScheme = 'light') => {
      const page = await browser.newPage({ viewport: VIEWPORT, colorScheme, deviceScaleFactor: 1.5 });
      await page.goto(pathToFileURL(file).href);
      return page;
    });
  } finally {
    await browser.close();
  }
}

/** What of a page can be seen now, or the parts of it from the first to the last of `locators`. */
export async function capture(page, file, locators = []) {
  const options = locators.length === 0 ? {} : { fullPage: true, clip: await around(locators) };
  const png = await page.screenshot(options);
  await writeFile(file, await sharp(png).png({ palette: true, colours: COLOURS, dither: 0, effort: 10 }).toBuffer());
}

async function around(locators) {
  const boxes = await Promise.all(locators.map((locator) => locator.boundingBox()));
  const top = Math.min(...boxes.map(({ y }) => y));
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height));
  return { x: 0, y: top, width: VIEWPORT.width, height: bottom - top };
}
