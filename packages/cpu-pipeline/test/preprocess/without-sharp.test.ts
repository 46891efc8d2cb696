import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import type { Seen } from './without-sharp.ts';

test('without the package sharp, encoded images are refused with its name, and raw pixels of the right size are not', async () => {
  const args = ['--conditions=@otel-perf/source', '--no-warnings', join(import.meta.dirname, 'without-sharp.ts')];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' }, timeout: 60_000 });
  expect(JSON.parse(stdout)).toEqual({
    name: 'Error',
    message: 'images need the package "sharp", an optional peer dependency: npm install sharp',
    cause: 'ERR_MODULE_NOT_FOUND',
    raw: [1, 3, 2, 2],
    live: 1,
  } satisfies Seen);
}, 70_000);
