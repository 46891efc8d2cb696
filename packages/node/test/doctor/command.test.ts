import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { command, fixture, NODE_OPTIONS, printed, problems, startCommand } from './run.ts';

const program = fixture('program.mjs');

describe('the arguments', () => {
  test.concurrent.each([
    ['no command', [], /^Usage:/],
    ['an unknown one', ['docter'], /there is no command docter\.\n\nUsage:/],
    ['nothing to run', ['doctor'], /which command\?\n\nUsage:/],
    ['a time of 0', ['doctor', '--after', '0', 'node'], /--after must be a number of seconds, above 0 and at most 3600, not "0"\n\nUsage:/],
    ['an unknown option', ['doctor', '--afer', '5', 'node'], /'--afer'[^]*Usage:/],
  ])('%s: shows how to call it', async (_, args, words) => {
    const ended = await command(args);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toMatch(words);
  });

  test.concurrent.each([['--help'], ['doctor', '--help']])('%s %s', async (...args) => {
    const ended = await command(args);
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(ended.stdout).toMatch(/^Usage:[^]*--after SECONDS[^]*--json[^]*Exit status: 0/);
  });
});

describe('the program', () => {
  test.concurrent('gets its own options, and what it prints goes to the standard error', async () => {
    const ended = await command(['doctor', '--after=60', '--', 'node', program, 'ends', '--after', '3', '--json', '--', 'x']);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toBe('given ["--after","3","--json","--","x"]\n');
    expect(ended.stdout).toMatch(/^✗ No MeterProvider is set[^]*\n {4}Start with node --import[^]*marked ✗\.\n$/);
  });

  test.concurrent('is looked at while it goes on, and then ended', async () => {
    const ended = await command(['doctor', '--after', '0.5', '--json', 'node', program, 'stays']);
    expect([problems(printed(ended)), ended.code]).toEqual([['no-provider'], 1]);
  });

  test.concurrent('is killed where it will not end', async () => {
    const ended = await command(['doctor', '--after', '2', 'node', program, 'stubborn']);
    expect([ended.code, ended.stderr]).toEqual([1, 'given []\nno\n']);
  });

  test.concurrent('starts others in the environment as it was', async () => {
    const ended = await command(['doctor', '--after', '60', 'node', program, 'spawns']);
    expect(ended.stderr).toContain(`child ${JSON.stringify([NODE_OPTIONS, null])}\n`);
  });

  test.concurrent.each([
    [
      'by process.exit',
      ['node', program, 'exits'],
      /node ended \(status 3\) by process\.exit\(\), an error or a signal before it was looked at/,
    ],
    ['by an error', ['node', program, 'throws'], /Error: broken[^]*node ended \(status 1\)[^]*Try a smaller --after\.\n$/],
    [
      'and was none of Node.js',
      ['sh', '-c', 'exit 4'],
      /^otel-perf doctor: sh ended \(status 4\) and ran no program in Node\.js 22\.15 or later/,
    ],
    ['and does not exist', ['no-such-program'], /^otel-perf doctor: there is no command no-such-program\n$/],
    ['and cannot be run', [fixture('')], /^otel-perf doctor: .* cannot be run: .*EACCES/],
  ])('ended early %s: status 2', async (_, args, words) => {
    const ended = await command(['doctor', '--after', '60', ...args]);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toMatch(words);
  });

  test.concurrent('ends with the doctor that is asked to end', async () => {
    const running = startCommand(['doctor', '--after', '600', 'node', program, 'stays']);
    running.child.stderr!.once('data', () => running.child.kill('SIGTERM'));
    const ended = await running.ended;
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('node ended (SIGTERM) by process.exit()')]);
  });

  test.concurrent('goes on unharmed where the doctor and its folder are gone when it looks', async () => {
    const TMPDIR = await mkdtemp(join(tmpdir(), 'otel-perf-'));
    const running = startCommand(['doctor', '--after', '600', 'node', program, 'outlives'], { TMPDIR });
    await once(running.child.stderr!, 'data');
    running.child.kill('SIGKILL');
    await rm(TMPDIR, { recursive: true });
    const ended = await running.ended;
    expect([ended.signal, ended.stderr]).toEqual(['SIGKILL', 'given []\nends with 0\n']);
  });
});
