import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { Folder } from '../read/folder.ts';

// A process each.
jest.setTimeout(60_000);

const SCRIPT = fileURLToPath(new URL('run-report.mjs', import.meta.url));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function report(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=@otel-perf/source', SCRIPT, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  const [[status], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { status, stdout, stderr };
}

let folder: Folder;
let fast: string;
let slow: string;
beforeAll(async () => {
  folder = await Folder.make();
  [fast, slow] = [folder.file('fast.json'), folder.file('slow.csv')];
  for (const [path, millis] of [
    [fast, 10],
    [slow, 60],
  ] as const) {
    const collector = new CentralizedMetricsCollector({ historySize: 1000 });
    for (let i = 0; i < 200; i++)
      collector.recordMetric('my_operation_time', (millis + i / 100) / 1000, 'time', 'app', { route: `/${i % 2}` });
    collector.recordMetric('items', 3, 'counter', 'app');
    await (path === fast ? collector.exportToJson(path) : collector.exportToCsv(path));
  }
});
afterAll(() => folder[Symbol.asyncDispose]());

describe('otel-perf report', () => {
  test('prints the figures of a file', async () => {
    const { status, stdout, stderr } = await report(fast);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /fast\.json: 3 series, [^]*\nTimes, by average .*\nmy_operation_time\{route="\/1"\} +100 +11 ms [^]*\nCounters, by total .*\nitems +3 /,
    );
    // No terminal, no colours.
    expect(stdout).not.toContain('\u001b');
  });

  test('prints JSON', async () => {
    const { status, stdout } = await report(slow, '--json', '--filter', 'my_*', '--top', '1', '--sort', 'p95');
    const json = JSON.parse(stdout) as { passing: number; series: { tags: object; figures: object }[] };
    expect([status, json.passing, json.series.length]).toEqual([0, 2, 1]);
    expect(json.series[0]).toMatchObject({ tags: { route: '/1' }, figures: { count: 100, exactPercentiles: true } });
  });

  test('tells what got slower', async () => {
    const { status, stdout } = await report(slow, '--diff', fast);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\nWhat changed .*\nmy_operation_time\{route="\/\d"\} +slower +\+45\d\.?\d* % /);
  });

  test('reads an endpoint, whose credentials it never shows', async () => {
    const server = createServer((_, response) => response.end('# TYPE up gauge\nup 1\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const { status, stdout } = await report(`http://me:secret@${host}/metrics`);
      expect([status, stdout]).toEqual([
        0,
        expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/metrics: 1 series, .*\n\nGauges, by name +last\nup +1\n$/),
      ]);
    } finally {
      server.close();
    }
    const gone = await report(`http://me:secret@${host}/metrics`, '--json');
    expect([gone.status, gone.stdout]).toEqual([2, '']);
    expect(gone.stderr).toBe(`otel-perf report: http://${host}/metrics cannot be read: connect ECONNREFUSED ${host}\n`);
  });
});

describe('budgets', () => {
  test('that are kept: status 0', async () => {
    const { status, stdout, stderr } = await report(fast, '--fail-if', 'my_operation_time.p95 > 50ms', '--fail-if', 'items.total < 3');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('\nBudgets\n  ✓ not my_operation_time.p95 > 50ms\n  ✓ not items.total < 3\n');
  });

  test('that are broken: status 1, each told, however many pass', async () => {
    const args = ['--fail-if', 'items.total > 1', '--fail-if', 'my_operation_time{route="/1"}.p95 > 50ms', '--fail-if', 'items.count > 1'];
    const { status, stdout, stderr } = await report(slow, '--filter', 'nothing', ...args);
    expect(status).toBe(1);
    expect(stdout).toContain(
      '  ✗ items.total > 1: items has 3\n  ✗ my_operation_time{route="/1"}.p95 > 50ms: my_operation_time{route="/1"} has 61.9 ms\n',
    );
    expect(stderr).toBe(
      'otel-perf report: budget broken: items.total > 1\notel-perf report: budget broken: my_operation_time{route="/1"}.p95 > 50ms\n',
    );
  });

  test('that cannot be checked: status 2, also where others are broken', async () => {
    const { status, stderr } = await report(slow, '--json', '--fail-if', 'item.total > 1', '--fail-if', 'items.total > 1');
    expect(status).toBe(2);
    expect(stderr).toBe(
      'otel-perf report: not checked: item.total > 1: there is no series item; is it items?\notel-perf report: budget broken: items.total > 1\n',
    );
  });
});

describe('what cannot be: status 2', () => {
  test.concurrent.each([
    ['nothing to read', [], /^otel-perf report: which file or URL\?\n\nUsage:/],
    ['two of them', ['a', 'b'], /one file or URL, not 2\n\nUsage:/],
    ['an unknown option', ['a', '--topp', '3'], /'--topp'[^]*Usage:/],
    ['a number that is none', ['a', '--top', '0'], /--top must be a whole number of at least 1, not "0"\n\nUsage:/],
    ['a column that is none', ['a', '--sort', 'p90'], /--sort must be name or one of count, .*, not "p90"\n\nUsage:/],
    ['an order of a difference', ['a', '--sort', 'p95', '--diff', 'b'], /--sort does not go with --diff/],
    ['a filter that is none', ['a', '--filter', 'tag:'], /--filter: nothing to match in tag:\n\nUsage:/],
    ['a budget that is none', ['a', '--fail-if', 'a.p95'], /--fail-if: not name\.statistic, operator and bound in "a\.p95"\n\nUsage:/],
    ['no such file', ['/nowhere/a.json'], /^otel-perf report: \/nowhere\/a\.json cannot be read: there is no such file\n$/],
  ])('%s', async (_, args, words) => {
    const ended = await report(...args);
    expect([ended.status, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toMatch(words);
  });

  test('an older source', async () => {
    await writeFile(folder.file('odd.txt'), '<p>');
    const ended = await report(fast, '--diff', folder.file('odd.txt'));
    expect([ended.status, ended.stderr]).toEqual([2, expect.stringContaining("odd.txt cannot be read: it is neither otel-perf's JSON")]);
  });
});

test('--help', async () => {
  const { status, stdout, stderr } = await report('--help');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Usage:[^]*--filter EXPR[^]*--fail-if EXPR[^]*Exit status: 0/);
});

test('a reader that has seen enough is no failure', async () => {
  const child = spawn(process.execPath, ['--conditions=@otel-perf/source', SCRIPT, fast], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  child.stdout.destroy();
  const [[status], stderr] = await Promise.all([once(child, 'close') as Promise<[number | null]>, text(child.stderr)]);
  expect([status, stderr]).toEqual([0, '']);
});
