import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { expected, samplePath, samples } from './fixtures/samples.ts';

jest.setTimeout(60_000);

const run = promisify(execFile);
const main = join(import.meta.dirname, '..', 'dist', 'main.js');
/** At least so many bytes of an image are there before it breaks off. */
const TORN = 9000;

let folder: string;
let out: string;
const children = new Set<ChildProcessByStdio<null, Readable, Readable>>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otel-perf-ocr-'));
  out = join(folder, 'out');
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  await rm(folder, { recursive: true });
});

/** Two samples, one of them deeper, a torn one, and a text. */
async function images(): Promise<string> {
  const images = join(folder, 'images');
  await mkdir(join(images, 'deep'), { recursive: true });
  await copyFile(samplePath('sign.png'), join(images, 'sign.PNG'));
  await copyFile(samplePath('receipt.png'), join(images, 'deep', 'receipt.png'));
  await writeFile(join(images, 'letter.png'), (await readFile(samplePath('letter.png'))).subarray(0, TORN));
  await writeFile(join(images, 'notes.txt'), 'no image');
  return images;
}

function begin(...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(process.execPath, [main, ...args, '--out', out], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  return child;
}

interface Exported {
  readonly name: string;
  readonly value: number;
  readonly tags: Readonly<Record<string, unknown>>;
  readonly distribution?: { readonly count: number };
}

async function exported(): Promise<Exported[]> {
  return JSON.parse(await readFile(join(out, 'metrics.json'), 'utf8')) as Exported[];
}

describe('the OCR example', () => {
  test('reads the images below a folder, names the torn one, and writes the report and three valid exports', async () => {
    const directory = await images();
    const child = begin(directory, '--adapt');
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);

    expect(stderr).toMatch(/^.*letter\.png: the image cannot be decoded: .+\n$/);
    expect(code).toBe(1);
    const [receipt, sign] = ['deep/receipt.png', 'sign.PNG'].map((name) => `── ${join(directory, name)}\n`);
    expect(stdout.startsWith(`${receipt}${expected['receipt.png']}\n\n${sign}${expected['sign.png']}\n\nPerformance metrics\n`)).toBe(true);
    expect(stdout).toContain('\nRead 2 of 3 images; 1 could not be read, see above.\nThe optimizer decided');
    expect(stdout).toMatch(/\nMemory pool "ocr": peak [1-9]\d*\.\d MiB of \d+\.\d MiB, failures 0, leaks 0\.\n/);
    expect(stdout.endsWith(`\nWrote metrics.json, metrics.csv and metrics.prom to ${out}\n`)).toBe(true);
    expect(stdout).not.toContain('\u001b');

    const metrics = await exported();
    const recognised = metrics.find(({ name, tags }) => name === 'cpu_pipeline_stage_time' && tags['stage'] === 'recognise');
    expect(recognised?.distribution?.count).toBe(2);
    expect(metrics.find(({ name }) => name === 'cpu_pipeline_items')?.value).toBe(3);
    expect(metrics.find(({ name }) => name === 'cpu_pipeline_failed_items')).toMatchObject({ value: 1, tags: { stage: 'load' } });
    const rows = parse<{ name: string }>(await readFile(join(out, 'metrics.csv')), { columns: true });
    expect(rows.map(({ name }) => name)).toEqual(metrics.map(({ name }) => name));
    const prom = await readFile(join(out, 'metrics.prom'), 'utf8');
    expect(prom).toMatch(/^cpu_pipeline_stage_time_seconds_count\{.*stage="recognise".*\} 2$/m);
    expect(prom).toMatch(/^memory_pool_allocations_total\{.*\} [1-9]\d*$/m);
  });

  const mistakes: [string, string[], RegExp][] = [
    ['an option that it does not know', ['--fast'], /^Unknown option '--fast'.*\n$/],
    ['a file that is not there', ['missing.png'], /^missing\.png: no such file or folder\n$/],
    ['a folder without images', [import.meta.dirname], /^.+test: there is no image below this folder, .+\n$/],
    ['a port that is none', ['--serve', '--port', '65536'], /^--port must be a whole number from 0 to 65535, not 65536\n$/],
    ['a port without a server', ['--port', '1'], /^--port is that of --serve\n$/],
    ['files for a server', ['--serve', 'a.png'], /^--serve takes images over HTTP, and no a\.png\n$/],
    ['an --out that is a file', ['--out', main], /^--out must be a folder that can be written to, not .+\n$/],
  ];
  test.each(mistakes)('ends at once with one line and status 2 for %s', async (_, args, stderr) => {
    const failure: unknown = await run(process.execPath, [main, ...args]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(stderr) });
  });

  test('tells how it is used', async () => {
    const { stdout, stderr } = await run(process.execPath, [main, '--help']);
    expect([stdout.startsWith('Usage: npm start -- [FOLDER|FILE ...]'), stderr]).toEqual([true, '']);
  });

  test('reads its samples when no path is given; interrupted, it ends cleanly with what it has', async () => {
    const child = begin();
    const ended = once(child, 'exit');
    const stderr = text(child.stderr);
    let stdout = '';
    for await (const line of createInterface(child.stdout)) {
      stdout += `${line}\n`;
      if (!line.startsWith('── ') || child.killed) continue;
      // Twice, as npm does.
      child.kill('SIGINT');
      child.kill('SIGINT');
    }
    expect([await ended, await stderr]).toEqual([[130, null], '']);
    const [, read, left] = /\nRead (\d) of 7 images; (\d) were left when it was interrupted\.\n/.exec(stdout)!.map(Number);
    expect([read! + left!, read! > 0, left! > 0]).toEqual([samples.length, true, true]);
    expect(stdout).toContain('failures 0, leaks 0.');
    expect((await exported()).find(({ name }) => name === 'cpu_pipeline_cancelled_items')?.value).toBeGreaterThan(0);
  });

  test('ends at once when it is interrupted again, a while later', async () => {
    const interruption = pathToFileURL(join(main, '..', 'cli', 'interruption.js')).href;
    const script = `
      import { Interruption } from ${JSON.stringify(interruption)};
      const interruption = new Interruption();
      setInterval(() => {}, 1000);
      console.log('ready');
      await interruption.wait();
      console.log(interruption.status);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      if (line !== 'ready') await sleep(1100);
      child.kill('SIGTERM');
    }
    expect([lines, await ended]).toEqual([
      ['ready', '143'],
      [null, 'SIGTERM'],
    ]);
  });

  test('draws a bar on a terminal, which prints go around and which is gone at the end', async () => {
    const progress = pathToFileURL(join(main, '..', 'cli', 'progress.js')).href;
    const script = `
      import { showProgress } from ${JSON.stringify(progress)};
      process.stdout.isTTY = process.stderr.isTTY = true;
      const bar = showProgress(3);
      bar.step();
      bar.around(() => console.error('printed'));
      bar.stop();
    `;
    const { stderr } = await run(process.execPath, ['--input-type=module', '--eval', script]);
    const pictures = stderr.split('\r\u001b[K');
    expect(pictures.map((picture) => picture.replace(/, \d+\.\d s$/, ''))).toEqual([
      '',
      `${'░'.repeat(30)} 0/3 images`,
      `${'█'.repeat(10)}${'░'.repeat(20)} 1/3 images`,
      'printed\n',
      `${'█'.repeat(10)}${'░'.repeat(20)} 1/3 images`,
      '',
    ]);
  });

  test('writes its files also when nobody reads its output to the end', async () => {
    const child = begin(samplePath('sign.png'));
    child.stdout.destroy();
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect([code, stderr]).toEqual([0, '']);
    expect(await exported()).not.toHaveLength(0);
  });

  test('with --serve reads what is posted, until it is told to end', async () => {
    const child = begin('--serve', '--port', '0');
    const ended = once(child, 'exit');
    let stdout = '';
    for await (const line of createInterface(child.stdout)) {
      stdout += `${line}\n`;
      const url = /^Serving (http:\/\/127\.0\.0\.1:\d+\/ocr)/.exec(line)?.[1];
      if (url === undefined) continue;
      const body = await readFile(samplePath('sign.png'));
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'image/png' }, body });
      expect(((await response.json()) as { text: string }).text).toBe(expected['sign.png']);
      child.kill('SIGTERM');
    }
    expect(await ended).toEqual([143, null]);
    expect(stdout).toContain('failures 0, leaks 0.');
    const metrics = await exported();
    expect(metrics.find(({ name }) => name === 'ocr_requests')).toMatchObject({ value: 1, tags: { status: 200 } });
  });

  test('with --serve says so where its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const child = begin('--serve', '--port', String(port));
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    other.close();
    expect([code, stderr]).toEqual([1, `Port ${port} is in use; choose another with --port.\n`]);
  });
});
