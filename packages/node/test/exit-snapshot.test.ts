import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { MetricsReport } from '@otel-perf/metrics';
import { REGISTER, run, start } from './run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'otel-perf-snapshot-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = (ending: string, file: string, more: Record<string, string> = {}) => ({
  args: [ending],
  preload: [REGISTER],
  env: { OTEL_PERF_EXIT_SNAPSHOT: join(folder, file), ...more },
});

/** Of the metrics of the report in a file: count and sum. */
function figures(file: string): Record<string, [number, number]> {
  const { statistics } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as MetricsReport;
  return Object.fromEntries(statistics.map(({ name, stats }) => [name, [stats.count, stats.total]]));
}

const ALL = { orders: [1, 3], load_time: [5, 2.5] };

describe('the exit snapshot has everything, and the exit status is that of the service, after', () => {
  test.each([
    ['a natural end', 'naturally', 'code 0', ''],
    ['process.exit', 'byExit', 'code 3', ''],
    ['an uncaught error', 'byError', 'code 1', 'Error: broken for good'],
    ['an unhandled rejection', 'byRejection', 'code 1', 'Error: broken for good'],
    ['a shutdown of otel-perf', 'afterShutdown', 'code 4', ''],
  ])('%s', async (_, ending, expected, message) => {
    const { end, stderr } = await run('ending.mjs', options(ending, 'last.json'));
    expect(figures('last.json')).toMatchObject(ALL);
    expect(end).toBe(expected);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('otel-perf:');
    expect(readdirSync(folder)).toEqual(['last.json']);
  });

  test('a signal on which is flushed', async () => {
    const running = start('ending.mjs', options('waiting', 'last.json', { OTEL_PERF_FLUSH_ON_EXIT: 'true' }));
    await running.said();
    running.child.kill('SIGTERM');
    expect((await running.ended).end).toBe('SIGTERM');
    expect(figures('last.json')).toMatchObject(ALL);
  });

  test('what it did while it flushed', async () => {
    const { end } = await run('ending.mjs', options('withMoreToDo', 'last.json', { OTEL_PERF_FLUSH_ON_EXIT: 'true' }));
    expect(end).toBe('code 0');
    expect(figures('last.json')['orders']).toEqual([2, 4]);
  });
});

test('readers that have one file listen for the end once, however many there are, and the newest writes it', async () => {
  const { end, stderr } = await run('many-readers.mjs', { env: { OTEL_PERF_EXIT_SNAPSHOT: join(folder, 'last.json') } });
  expect([end, stderr]).toEqual(['code 0', '']);
  expect(figures('last.json')).toEqual({ newest: [1, 12] });
});

describe('where it goes', () => {
  test('every ending but .json gets the printed report', async () => {
    await run('ending.mjs', options('naturally', 'last.txt'));
    const text = readFileSync(join(folder, 'last.txt'), 'utf8');
    expect(text).toMatch(/load_time/);
    expect(() => void JSON.parse(text)).toThrow();
  });

  test('%p is the process, and in a worker thread the thread as well', async () => {
    const running = start('ending-thread.mjs', options('naturally', 'last-%p.json'));
    await running.ended;
    const { pid } = running.child;
    expect(readdirSync(folder).sort()).toEqual([`last-${pid}-1.json`, `last-${pid}.json`]);
    expect(figures(`last-${pid}-1.json`)).toMatchObject({ orders: [1, 2] });
    expect(figures(`last-${pid}.json`)).toMatchObject({ orders: [1, 1] });
  });

  test('a folder that there is not: one line says so, and the exit status stays', async () => {
    const { end, stderr } = await run('ending.mjs', options('byExit', 'no/where/last.json'));
    expect(end).toBe('code 3');
    expect(stderr.split('\n')).toEqual([expect.stringMatching(/^otel-perf: no snapshot in .*no\/where\/last\.json: ENOENT/), '']);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a folder that there is not, and nobody reads what is said of it: the exit status stays', async () => {
    const running = start('ending.mjs', options('naturally', 'no/where/last.json'));
    running.child.stderr!.destroy();
    expect((await running.ended).end).toBe('code 0');
  });

  test('a relative path is of the folder in which the service was started', async () => {
    const path = relative(join(import.meta.dirname, '..'), join(folder, 'last.json'));
    const script = `process.chdir(${JSON.stringify(tmpdir())})`;
    const { end, stderr } = await run('plain-app.cjs', {
      preload: [REGISTER],
      node: ['--import', `data:text/javascript,${encodeURIComponent(`process.once('beforeExit', () => ${script})`)}`],
      env: { OTEL_PERF_EXIT_SNAPSHOT: path },
    });
    expect([end, stderr]).toEqual(['code 5', '']);
    expect(readdirSync(folder)).toEqual(['last.json']);
  });

  test('a folder itself: one line says so, and the exit status stays', async () => {
    mkdirSync(join(folder, 'last.json'));
    const { end, stderr } = await run('ending.mjs', options('byExit', 'last.json'));
    expect(end).toBe('code 3');
    expect(stderr.split('\n')).toEqual([expect.stringMatching(/^otel-perf: no snapshot in .*last\.json: EISDIR/), '']);
  });

  test('the file that a link points to, with its permissions; the link stays', async () => {
    writeFileSync(join(folder, 'private.json'), 'old');
    chmodSync(join(folder, 'private.json'), 0o600);
    symlinkSync('private.json', join(folder, 'last.json'));
    await run('ending.mjs', options('naturally', 'last.json'));
    expect(readlinkSync(join(folder, 'last.json'))).toBe('private.json');
    expect(figures('private.json')).toMatchObject(ALL);
    expect(statSync(join(folder, 'private.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['last.json', 'private.json']);
  });

  test('a pipe that nobody reads: one line says so, and the process ends', async () => {
    spawnSync('mkfifo', [join(folder, 'last.json')]);
    const { end, stderr } = await run('ending.mjs', options('byExit', 'last.json'));
    expect([end, stderr]).toEqual(['code 3', expect.stringMatching(/^otel-perf: no snapshot in .*last\.json: ENXIO/)]);
  });

  test('what cannot be written leaves the old file as it was', async () => {
    // The temporary file beside it cannot be made: its name is too long, though the file's own is not.
    const name = `${'x'.repeat(245)}.json`;
    writeFileSync(join(folder, name), 'old');
    const { end, stderr } = await run('ending.mjs', options('byExit', name));
    expect([end, readFileSync(join(folder, name), 'utf8')]).toEqual(['code 3', 'old']);
    expect(stderr).toMatch(/ENAMETOOLONG/);
  });

  describe('/dev/stdout', () => {
    const env = { OTEL_PERF_EXIT_SNAPSHOT: '/dev/stdout' };

    test('as a pipe', async () => {
      const { end, stdout, stderr } = await run('ending.mjs', { ...options('byExit', ''), env });
      expect([end, stderr]).toEqual(['code 3', '']);
      expect(stdout).toMatch(/load_time/);
    });

    test('as a file, after what the service has written', async () => {
      const file = openSync(join(folder, 'out.txt'), 'w');
      const { end } = await run('ending.mjs', { ...options('naturally', ''), env, stdout: file });
      closeSync(file);
      expect(end).toBe('code 0');
      expect(readFileSync(join(folder, 'out.txt'), 'utf8')).toMatch(/^@"naturally"\n[^]*load_time/);
    });
  });
});
