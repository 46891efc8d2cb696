import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { timeBlock, timeFunction } from '@otel-perf/timing';
import type { JobOptions } from './options.ts';

const compress = promisify<Buffer, Buffer>(gzip);

const compressFile = timeFunction('compress_file')(async function compressFile(from: string, to: string): Promise<void> {
  await writeFile(to, await compress(await readFile(from)));
});

export async function compressFolder({ from, to, onError }: JobOptions): Promise<{ done: number; failed: number }> {
  using _job = timeBlock('compress_folder');
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  let failed = 0;
  for (const name of names.sort()) {
    try {
      await compressFile(join(from, name), join(to, `${name}.gz`));
    } catch (error) {
      if (onError === 'throw') throw error;
      console.error((error as Error).message);
      if (onError === 'exit') process.exit(4);
      failed++;
    }
  }
  return { done: names.length - failed, failed };
}
