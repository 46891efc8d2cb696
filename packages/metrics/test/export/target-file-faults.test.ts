import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdirSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Recording } from './recorded.ts';

const { collector } = new Recording().recordMany(10);
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'otel-perf-export-'));
});
afterEach(() => rm(directory, { recursive: true }));

test.each(['exportToJson', 'exportToCsv', 'exportToPrometheus'] as const)(
  'a link to nothing yet goes on pointing there: %s',
  async (method) => {
    await mkdir(join(directory, 'real'));
    await symlink('real', join(directory, 'folder'));
    await symlink('../second', join(directory, 'real', 'first'));
    await symlink('third', join(directory, 'second'));
    await collector[method](join(directory, 'folder', 'first'));
    expect((await lstat(join(directory, 'real', 'first'))).isSymbolicLink()).toBe(true);
    expect((await lstat(join(directory, 'second'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(directory, 'third'), 'utf8')).toContain('event');
    expect(await readdir(directory)).toEqual(['folder', 'real', 'second', 'third']);
  },
);

test('a link into a missing directory names that directory', async () => {
  const link = join(directory, 'link');
  await symlink('missing/file', link);
  await expect(collector.exportToJson(link)).rejects.toThrow(
    `cannot export to ${link}: the directory ${join(directory, 'missing')} does not exist`,
  );
});

test('an empty path is no target', async () => {
  await expect(collector.exportToJson('')).rejects.toMatchObject({ name: 'TypeError' });
});

(existsSync('/dev/full') ? test : test.skip)('a full disk is named with the path', async () => {
  for (const method of ['exportToJson', 'exportToCsv', 'exportToPrometheus'] as const) {
    const failed = collector[method]('/dev/full');
    await expect(failed).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(failed).rejects.toThrow(/^cannot export to \/dev\/full: ENOSPC/);
  }
});

test('so is a target that cannot be put in place', async () => {
  const path = join(directory, 'file');
  let asked = false;
  const filter = (): boolean => {
    if (!asked) mkdirSync(join(path, 'in-the-way'), { recursive: true });
    return (asked = true);
  };
  await expect(collector.exportToJson(path, { filter })).rejects.toThrow(`cannot export to ${path}: `);
  expect(await readdir(directory)).toEqual(['file']);
});
