import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { exportEventsToCsv } from '../../src/export/csv.ts';
import { exportEventsToJson, exportMetricsToJson } from '../../src/export/json.ts';
import { Recording } from './recorded.ts';

const { events } = new Recording().recordMany(3000);
const failing = ({ value }: { value: number }) => {
  if (value === 2000) throw new Error('the predicate failed');
  return true;
};
let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'otel-perf-export-'));
  path = join(directory, 'events.json');
});

afterEach(() => rm(directory, { recursive: true }));

async function valuesIn(file: string): Promise<number[]> {
  return JSON.parse(await readFile(file, 'utf8')).map((event: { value: number }) => event.value);
}

const all = Array.from({ length: 3000 }, (_, i) => i);

describe('an export to a file', () => {
  test.each([
    ['a path', () => path],
    ['a file URL', () => pathToFileURL(path)],
  ])('is complete on the disk, and alone there, once it has resolved: %s', async (_, target) => {
    expect(await exportEventsToJson(events, target())).toEqual({ written: 3000, overwritten: 0 });
    expect(await valuesIn(path)).toEqual(all);
    expect(await readdir(directory)).toEqual(['events.json']);
  });

  test('shows the old file until the new one is complete', async () => {
    await writeFile(path, 'old');
    const seen = new Set<string>();
    const look = async (): Promise<void> => {
      seen.add(await readFile(path, 'utf8'));
    };
    const looks: Promise<void>[] = [];
    await exportEventsToJson(events, path, {
      filter: ({ value }) => {
        if (value % 100 === 0) looks.push(look());
        return true;
      },
    });
    await Promise.all(looks);
    seen.delete(await readFile(path, 'utf8'));
    expect([...seen]).toEqual(['old']);
  });

  test('that fails leaves the old file as it was, and nothing else', async () => {
    await writeFile(path, 'old');
    await expect(exportEventsToJson(events, path, { filter: failing })).rejects.toThrow('the predicate failed');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(directory)).toEqual(['events.json']);
  });

  test('that fails leaves no file where there was none', async () => {
    await expect(exportEventsToCsv(events, path, { filter: failing })).rejects.toThrow('the predicate failed');
    expect(await readdir(directory)).toEqual([]);
  });

  test('that is aborted rejects with the reason and leaves the old file', async () => {
    await writeFile(path, 'old');
    const abort = new AbortController();
    const filter = ({ value }: { value: number }) => {
      if (value === 1500) abort.abort(new Error('enough'));
      return true;
    };
    await expect(exportEventsToJson(events, path, { filter, signal: abort.signal })).rejects.toThrow('enough');
    await expect(exportEventsToJson(events, path, { signal: abort.signal })).rejects.toThrow('enough');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(directory)).toEqual(['events.json']);
  });

  test('that cannot be put in place at the end removes its temporary file', async () => {
    const metrics = (function* () {
      yield* [];
      spawnSync('mkdir', ['-p', join(path, 'in-the-way')]);
    })();
    await expect(exportMetricsToJson(metrics, path)).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
    expect(await readdir(directory)).toEqual(['events.json']);
  });

  test('whose writer is killed midway leaves the old file as it was', async () => {
    await writeFile(path, 'old');
    const source = (file: string) => new URL(`../../src/${file}`, import.meta.url).href;
    const script = `
      const { CentralizedMetricsCollector } = await import('${source('record/collector.ts')}');
      const { exportEventsToJson } = await import('${source('export/json.ts')}');
      const collector = new CentralizedMetricsCollector();
      for (let i = 0; i < 20_000; i++) collector.recordMetric('event', i, 'custom');
      const filter = ({ value }) => value < 15_000 || process.kill(process.pid, 'SIGKILL');
      await exportEventsToJson(collector.events, ${JSON.stringify(path)}, { filter });`;
    const child = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script], { encoding: 'utf8' });
    expect({ signal: child.signal, stderr: child.stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  test('keeps the permission bits of the file that it replaces', async () => {
    await writeFile(path, 'old');
    await chmod(path, 0o640);
    await exportEventsToJson(events, path);
    expect((await stat(path)).mode & 0o7777).toBe(0o640);
    expect(await valuesIn(path)).toEqual(all);
  });

  test('through a symbolic link replaces what the link points to', async () => {
    const real = join(directory, 'real');
    await mkdir(real);
    await writeFile(join(real, 'file'), 'old');
    await symlink(join(real, 'file'), path);
    await exportEventsToJson(events, path);
    expect(await valuesIn(join(real, 'file'))).toEqual(all);
    expect(await readdir(real)).toEqual(['file']);
    expect((await readdir(directory, { withFileTypes: true })).find(({ name }) => name === 'events.json')?.isSymbolicLink()).toBe(true);
  });

  test('takes a name that is as long as names may be', async () => {
    const long = join(directory, 'n'.repeat(255));
    await exportEventsToJson(events, long);
    expect(await valuesIn(long)).toEqual(all);
  });

  test('two at a time to one path leave one of them, whole', async () => {
    const other = new Recording().recordMany(5000);
    await Promise.all([exportEventsToJson(events, path), exportEventsToJson(other.events, path)]);
    expect([3000, 5000]).toContain((await valuesIn(path)).length);
    expect(await readdir(directory)).toEqual(['events.json']);
  });

  test('says which directory is missing', async () => {
    const missing = join(directory, 'missing', 'events.json');
    await expect(exportEventsToJson(events, missing)).rejects.toMatchObject({
      code: 'ENOENT',
      message: `cannot export to ${missing}: the directory ${join(directory, 'missing')} does not exist`,
    });
  });

  test('does not replace a directory', async () => {
    await expect(exportEventsToJson(events, directory)).rejects.toThrow(`cannot export to ${directory}: it is a directory`);
  });

  const onDevices = existsSync('/dev/full') ? test : test.skip;

  onDevices('to a device writes to the device, and reports what it says', async () => {
    const before = await stat('/dev/null');
    expect(await exportEventsToJson(events, '/dev/null')).toEqual({ written: 3000, overwritten: 0 });
    expect((await stat('/dev/null')).ino).toBe(before.ino);
    await expect(exportEventsToJson(events, '/dev/full')).rejects.toMatchObject({ code: 'ENOSPC' });
  });

  test.each([[new URL('https://example.com/events.json')], [undefined], [null], [42], [{}]])('refuses %p as a target', async (target) => {
    await expect(exportEventsToJson(events, target as never)).rejects.toMatchObject({ name: 'TypeError' });
  });
});
