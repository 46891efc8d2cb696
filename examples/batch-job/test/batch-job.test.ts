import { execFile, execFileSync, spawn, type ExecFileException } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { OtlpReceiver } from '../../../test/otlp-receiver.ts';

jest.setTimeout(60_000);

const main = join(import.meta.dirname, '..', 'dist', 'main.js');

let folder: string;
let collector: OtlpReceiver;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otel-perf-batch-job-'));
  await mkdir(join(folder, 'in'));
  await writeFile(join(folder, 'in', 'a.txt'), 'a'.repeat(100_000));
  await writeFile(join(folder, 'in', 'b.txt'), 'b'.repeat(100_000));
  collector = await OtlpReceiver.start();
});

afterEach(async () => {
  await collector.close();
  await rm(folder, { recursive: true });
});

interface Ended {
  readonly status: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function job(env: Record<string, string>, ...options: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const ended = (error: ExecFileException | null, stdout: string, stderr: string) =>
      resolve({ status: error === null ? 0 : (error.code ?? error.signal), stdout, stderr });
    execFile(process.execPath, [main, 'in', 'out', ...options], { cwd: folder, env }, ended);
  });
}

/** A file that cannot be read, after those that can. */
const addBrokenFile = () => symlink('nowhere', join(folder, 'in', 'z.txt'));

const pushed = (metric: string) => [...collector.totals(metric).values()];

async function reported(metric: string): Promise<string | undefined> {
  const report = await readFile(join(folder, 'out', 'report.txt'), 'utf8');
  return new RegExp(`^${metric} +(\\d+) `, 'm').exec(report)?.[1];
}

function warnings(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line.includes('OtelPerfWarning'));
}

describe('the batch job', () => {
  test('pushes all that it recorded when it ends naturally, and leaves a report', async () => {
    expect(await job(collector.variables)).toEqual({ status: 0, stdout: 'Compressed 2 of 2 files.\n', stderr: '' });
    expect(await readdir(join(folder, 'out'))).toEqual(['a.txt.gz', 'b.txt.gz', 'report.txt']);
    expect(gunzipSync(await readFile(join(folder, 'out', 'b.txt.gz'))).toString()).toBe('b'.repeat(100_000));
    expect(pushed('compress_file_time')).toEqual([2]);
    expect(pushed('compress_folder_time')).toEqual([1]);
    expect(await reported('compress_file_time')).toBe('2');
  });

  test('ends with the exit status that it chose', async () => {
    await addBrokenFile();
    expect(await job(collector.variables)).toMatchObject({ status: 3, stdout: 'Compressed 2 of 3 files.\n' });
    expect(pushed('compress_file_time')).toEqual([3]);
    expect(await reported('compress_file_time')).toBe('3');
  });

  test('ended by process.exit leaves the report, and has not pushed', async () => {
    await addBrokenFile();
    expect(await job(collector.variables, '--on-error', 'exit')).toMatchObject({ status: 4, stdout: '' });
    expect(pushed('compress_file_time')).toEqual([]);
    expect(await reported('compress_file_time')).toBe('3');
  });

  test('ended by an error that nobody catches ends as ever, and leaves the report', async () => {
    await addBrokenFile();
    const { status, stderr } = await job(collector.variables, '--on-error', 'throw');
    expect(status).toBe(1);
    expect(stderr).toContain('Error: ENOENT: no such file or directory');
    expect(pushed('compress_file_time')).toEqual([]);
    expect(await reported('compress_file_time')).toBe('3');
  });

  test('ended by a signal has pushed, and ends of the signal', async () => {
    // Nobody writes into it: the job waits for it until it is told to end.
    execFileSync('mkfifo', [join(folder, 'in', 'c.pipe')]);
    const running = spawn(process.execPath, [main, 'in', 'out'], { cwd: folder, env: collector.variables, stdio: 'inherit' });
    while (running.exitCode === null && !existsSync(join(folder, 'out', 'b.txt.gz'))) await sleep(20);
    running.kill('SIGTERM');
    expect(await once(running, 'exit')).toEqual([null, 'SIGTERM']);
    expect(pushed('compress_file_time')).toEqual([expect.any(Number)]);
  });

  test.each([
    ['refuses connections', false],
    ['takes them and never answers', true],
  ])('ends as ever, with one warning, when the Collector %s', async (_what, listens) => {
    await addBrokenFile();
    // What is not read is never seen to end, and the server would not close.
    const silent = createServer((socket) => void socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    if (!listens) silent.close();
    const variables = { ...collector.variables, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `http://127.0.0.1:${port}/v1/metrics` };
    const { status, stdout, stderr } = await job(variables);
    if (listens) silent.close();
    expect({ status, stdout }).toEqual({ status: 3, stdout: 'Compressed 2 of 3 files.\n' });
    expect(warnings(stderr)).toEqual([expect.stringContaining('OTLPMetricExporter could not deliver metrics')]);
    expect(await reported('compress_file_time')).toBe('3');
  });

  test('without a Collector says nothing when OTEL_METRICS_EXPORTER is none', async () => {
    expect(await job({ OTEL_METRICS_EXPORTER: 'none' })).toMatchObject({ status: 0, stderr: '' });
    expect(await reported('compress_file_time')).toBe('2');
  });
});
