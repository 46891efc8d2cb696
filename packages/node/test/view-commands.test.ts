import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { command } from './doctor/run.ts';

test.concurrent.each(['report', 'top', 'html'])('otel-perf %s is that of @otel-perf/view', async (name) => {
  const ended = await command([name, '--help']);
  expect([ended.code, ended.stderr]).toEqual([0, '']);
  expect(ended.stdout).toMatch(new RegExp(`^Usage:\\n {2}otel-perf ${name} `));
});

test.concurrent('its arguments and exit status are passed on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'otel-perf-'));
  try {
    const path = join(folder, 'metrics.txt');
    await writeFile(path, '# TYPE up gauge\nup 1\n');
    const ended = await command(['report', path, '--fail-if', 'up.last > 0']);
    expect([ended.code, ended.stderr]).toEqual([1, 'otel-perf report: budget broken: up.last > 0\n']);
    expect(ended.stdout).toMatch(/metrics\.txt: 1 series\n\nGauges, by name +last\nup +1\n/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.concurrent('otel-perf --help names them all', async () => {
  const ended = await command(['--help']);
  for (const name of ['doctor', 'report', 'top', 'html']) expect(ended.stdout).toMatch(new RegExp(`^ {2}otel-perf ${name} `, 'm'));
});
