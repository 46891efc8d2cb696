import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { TestEndpoint } from './endpoint.ts';
import { TestTerminal } from './terminal.ts';

jest.setTimeout(60_000);

const TOP = join(import.meta.dirname, 'top.fixture.ts');

let endpoint: TestEndpoint;

beforeEach(async () => {
  endpoint = await new TestEndpoint().up();
  endpoint.meter.createCounter('hits').add(41, { evil: '\x1b[2J' });
});
afterEach(async () => {
  await endpoint.close();
});

interface Ran {
  readonly status: number | string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** `otel-perf top` without a terminal. */
function run(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--conditions=@otel-perf/source', TOP, ...args], { timeout: 30_000 }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : (error.code ?? error.signal), stdout, stderr }),
    );
  });
}

describe('without a terminal', () => {
  test('one plain view is printed after two scrapes', async () => {
    const { status, stdout, stderr } = await run(endpoint.url, '--every', '0.2');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(endpoint.scrapes).toBe(2);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(new RegExp(`^otel-perf top ${endpoint.url} +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC$`));
    expect(lines[1]).toMatch(/^of the last [\d.]+ ms · 1 series · scrape [\d.]+ [mµ]?s · every 200 ms$/);
    expect(lines.slice(2, 4)).toEqual(['', expect.stringMatching(/^Counters \(1\) +rate▼ +total +rate lately$/)]);
    expect(lines[4]).toMatch(/^hits_total\{evil="�\[2J"\} +0\/s +41 +▁$/);
    expect(lines.slice(5)).toEqual(['']);
  });

  test('only what passes the filter is printed', async () => {
    const { stdout } = await run(endpoint.url, '--every', '0.2', '--filter', 'nothing');
    expect(stdout).toMatch(/\nNo series passes the filter\.\n$/);
  });

  test('credentials are used and never printed', async () => {
    const authorizations: (string | undefined)[] = [];
    const server = createServer(({ headers }, response) => {
      authorizations.push(headers.authorization);
      response.end('up 1\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { port: number };
      const { stdout, stderr } = await run(`http://user:secret@127.0.0.1:${port}/metrics?token=secret`, '--every', '0.2');
      expect(authorizations).toEqual(new Array(2).fill(`Basic ${Buffer.from('user:secret').toString('base64')}`));
      expect(stdout).toContain('up ');
      expect(stdout + stderr).not.toContain('secret');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('an endpoint that is down is status 2', async () => {
    await endpoint.down();
    const { status, stdout, stderr } = await run(endpoint.url, '--every', '0.2');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^otel-perf top: http:\S+ cannot be read: .*ECONNREFUSED.*\n$/);
  });

  test('one that is down at the second scrape is status 2, with what the first had', async () => {
    let scrapes = 0;
    const server = createServer((_, response) => {
      scrapes++;
      response.writeHead(scrapes === 1 ? 200 : 503, { 'content-type': 'text/plain' }).end('up 1\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { port: number };
      const { status, stdout } = await run(`http://127.0.0.1:${port}/metrics`, '--every', '0.2');
      expect(status).toBe(2);
      expect(stdout).toMatch(/since the start/);
      expect(stdout).toMatch(/error: 1 scrape failed .*503/);
      expect(stdout).toMatch(/^up +1/m);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

test.each([
  ['no URL', [], 'which URL?'],
  ['two URLs', ['http://127.0.0.1:1', 'http://127.0.0.1:1'], 'one URL, not 2'],
  ['no http', ['metrics.json'], 'the endpoint must be an http or https URL'],
  ['another protocol', ['ftp://user:secret@127.0.0.1/'], 'the endpoint must be an http or https URL'],
  ['too often', ['http://127.0.0.1:1', '--every', '0'], '--every must be a number of seconds from 0.1 to 3600, not "0"'],
  ['no number', ['http://127.0.0.1:1', '--every', ''], '--every must be a number of seconds from 0.1 to 3600, not ""'],
  ['a bad filter', ['http://127.0.0.1:1', '--filter', 'tag:'], '--filter: '],
  ['an unknown option', ['http://127.0.0.1:1', '--evry'], "Unknown option '--evry'"],
])('%s is told, with the usage and status 2', async (_, args, message) => {
  const { status, stdout, stderr } = await run(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.startsWith(`otel-perf top: ${message}`)).toBe(true);
  expect(stderr).toContain('Usage:\n  otel-perf top URL');
  expect(stderr).not.toContain('secret');
});

test('--help prints the usage', async () => {
  expect(await run('--help')).toEqual({ status: 0, stdout: expect.stringMatching(/^Usage:\n {2}otel-perf top URL/), stderr: '' });
});

test.each([
  ['--once', ['--once'], {}],
  ['a terminal that cannot move its cursor', [], { TERM: 'dumb' }],
])('%s prints on a terminal without taking it over', async (_, args, env) => {
  const terminal = new TestTerminal([TOP, endpoint.url, '--every', '0.2', ...args], { columns: 60, env });
  try {
    expect(await terminal.exit).toMatchObject({ exitCode: 0 });
    expect(terminal.text).toContain('hits_total');
    expect(terminal.written).not.toContain('\x1b');
    expect(Math.max(...terminal.lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  } finally {
    await terminal.close();
  }
});
