import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';

const run = promisify(execFile);
const main = join(import.meta.dirname, '..', 'dist', 'main.js');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otel-perf-corpus-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function corpus(): Promise<string> {
  const directory = join(folder, 'corpus');
  await mkdir(join(directory, 'deep'), { recursive: true });
  await writeFile(join(directory, 'a.txt'), 'one two three\n');
  await writeFile(join(directory, 'deep', 'b.md'), '# Heading\n\nSome text.\n');
  await writeFile(join(directory, 'c.bin'), Buffer.from([0, 1, 2, 3]));
  return directory;
}

interface Exported {
  name: string;
  value: number;
  tags: Record<string, string>;
  distribution?: { count: number };
}

async function exported(): Promise<Exported[]> {
  return JSON.parse(await readFile(join(folder, 'metrics.json'), 'utf8')) as Exported[];
}

describe('the corpus example', () => {
  test('processes a directory and writes the report and three valid exports', async () => {
    const { stdout } = await run(process.execPath, [main, await corpus(), '--out', folder]);
    expect(stdout).toContain('Processed 3 files');
    for (const stage of [
      'corpus_read_time',
      'corpus_hash_time',
      'corpus_compress_time',
      'corpus_tokenise_time',
      'corpus_file_time',
      'corpus_run_time',
    ]) {
      expect(stdout).toContain(stage);
    }
    expect(stdout.split('\n').every((line) => line.length <= 80 || line.startsWith('Wrote'))).toBe(true);

    const metrics = await exported();
    expect(metrics.find(({ name }) => name === 'corpus_read_time')?.distribution?.count).toBe(3);
    expect(metrics.find(({ name }) => name === 'corpus_tokenise_time')?.distribution?.count).toBe(2);
    expect(metrics.find(({ name }) => name === 'corpus_bytes')?.value).toBe(14 + 22 + 4);
    const rows = parse(await readFile(join(folder, 'metrics.csv')), { columns: true }) as Record<string, string>[];
    expect(rows.map((row) => row.name)).toEqual(metrics.map(({ name }) => name));
    expect(await readFile(join(folder, 'metrics.prom'), 'utf8')).toMatch(/^corpus_read_time_seconds_count\{.*\} 3$/m);
  });

  test('names a missing directory, an unreadable and an empty file, and processes the rest', async () => {
    const directory = await corpus();
    await writeFile(join(directory, 'empty.txt'), '');
    await symlink('loop', join(directory, 'loop'));
    const { stdout, stderr } = await run(process.execPath, [main, directory, join(folder, 'missing'), '--out', folder]);
    expect(stderr).toContain(`${join(directory, 'empty.txt')}: the file is empty`);
    expect(stderr).toContain(`${join(directory, 'loop')}: a symbolic link that leads back to itself`);
    expect(stderr).toContain(`${join(folder, 'missing')}: no such directory`);
    expect(stdout).toContain('Processed 3 files');
    expect(stdout).toContain('3 could not be processed');
  });

  test('fails when there is nothing to process, and for options that it does not know', async () => {
    await expect(run(process.execPath, [main, join(folder, 'missing'), '--out', folder])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no such directory'),
    });
    await expect(run(process.execPath, [main, '--port', '99999'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--port must be a whole number from 0 to 65535'),
    });
  });

  test('takes text that mentions special tokens of the tokeniser for text', async () => {
    const directory = await corpus();
    await writeFile(join(directory, 'prompt.md'), 'The end is <|endoftext|>, and <|im_start|> the start.\n');
    const { stdout, stderr } = await run(process.execPath, [main, directory, '--out', folder]);
    expect(stderr).toBe('');
    expect(stdout).toContain('Processed 4 files');
  });

  test('says that a directory holds no file', async () => {
    const directory = join(folder, 'void');
    await mkdir(directory);
    await expect(run(process.execPath, [main, directory, '--out', folder])).rejects.toMatchObject({
      code: 1,
      stderr: `${directory}: there is no file below this directory\n`,
    });
  });

  test('refuses, before any work, an --out that it cannot write to', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(run(process.execPath, [main, await corpus(), '--out', file])).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`--out must be a directory that can be written to, not ${file}`),
    });
  });

  test('finds more files in a folder than a call takes arguments', async () => {
    const many = join(folder, 'many');
    await mkdir(many);
    for (let i = 0; i < 20_000; i++) writeFileSync(join(many, String(i)), '');
    const walk = pathToFileURL(join(main, '..', 'walk.js')).href;
    const script = `
      import { findFiles } from ${JSON.stringify(walk)};
      console.log((await findFiles(${JSON.stringify(folder)}, console.error)).length);
    `;
    // With a stack this small 20,000 stand for the 120,000 that it takes otherwise.
    const { stdout } = await run(process.execPath, ['--stack-size=150', '--input-type=module', '--eval', script]);
    expect(stdout).toBe('20000\n');
  });

  test('writes its files also when nobody reads its output to the end', async () => {
    const child = spawn(process.execPath, [main, await corpus(), '--out', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await exported()).not.toHaveLength(0);
  });

  test('gives the terminal back when it is interrupted', async () => {
    const progress = pathToFileURL(join(main, '..', 'progress.js')).href;
    const script = `
      import { showProgress } from ${JSON.stringify(progress)};
      process.stderr.isTTY = true;
      showProgress(3);
      setInterval(() => {}, 1000);
      console.log('shown');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    let terminal = '';
    child.stderr.on('data', (chunk: Buffer) => (terminal += chunk.toString()));
    child.stdout.once('data', () => child.kill('SIGINT'));
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect([code, signal]).toEqual([null, 'SIGINT']);
    const [hideCursor, showCursor, unwrap, wrap] = ['\u001B[?25l', '\u001B[?25h', '\u001B[?7l', '\u001B[?7h'];
    expect(terminal).toContain(hideCursor);
    expect(terminal.lastIndexOf(showCursor)).toBeGreaterThan(terminal.lastIndexOf(hideCursor));
    expect(terminal.lastIndexOf(wrap)).toBeGreaterThan(terminal.lastIndexOf(unwrap));
  });

  test('with --serve keeps a Prometheus endpoint up on loopback', async () => {
    const child = spawn(process.execPath, [main, await corpus(), '--out', folder, '--serve', '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      for await (const line of createInterface(child.stdout)) {
        const url = /Serving (\S+)/.exec(line)?.[1];
        if (url === undefined) continue;
        const response = await fetch(url);
        expect(response.headers.get('content-type')).toContain('version=0.0.4');
        expect(await response.text()).toContain('corpus_hash_time_seconds_bucket');
        expect((await fetch(new URL('/other', url))).status).toBe(404);
        return;
      }
      throw new Error('the example ended before it served');
    } finally {
      child.kill();
    }
  });
});
