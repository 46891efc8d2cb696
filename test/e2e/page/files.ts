import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { htmlPage, type Picture } from '@otel-perf/view';
import type { Page } from 'playwright-core';
import { newPage } from './chromium.ts';

/** A folder for the files of a test. */
export class Folder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), 'otel-perf-page-')));
  }

  /** Opens the page of a picture from its file. */
  async open(picture: Picture, options?: Parameters<typeof newPage>[0]): Promise<Page> {
    const file = join(this.path, 'page.html');
    await writeFile(file, htmlPage(picture));
    const page = await newPage(options);
    await page.goto(pathToFileURL(file).href);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
