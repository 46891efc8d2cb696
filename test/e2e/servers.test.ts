import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { describeWithServers } from './servers/available.ts';
import { startCollector } from './servers/collector.ts';
import { freePorts } from './servers/free-ports.ts';
import { startPrometheus } from './servers/prometheus.ts';
import { pushHistograms } from './servers/push.ts';
import { ServerProcess } from './servers/server-process.ts';
import { waitUntil } from './servers/wait-until.ts';

describe('what runs the servers', () => {
  test('gives ports that differ', async () => {
    expect(new Set(await freePorts(50)).size).toBe(50);
  });

  test('says what a server printed that did not start', async () => {
    const server = new ServerProcess({
      name: 'Grump',
      command: process.execPath,
      args: ['-e', 'console.error("not today"); process.exit(3)'],
    });
    const [port] = await freePorts(1);
    await expect(server.answersAt(`http://127.0.0.1:${port}/`)).rejects.toThrow('Grump ended with code 3 instead of starting:\nnot today');
  });

  test('kills them when the process of the test is killed', async () => {
    const test = spawn(process.execPath, [join(import.meta.dirname, 'servers/killed.fixture.mjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed] = await test.stdout.setEncoding('utf8').take(1).toArray();
    const pid = Number(printed);
    expect(isRunning(pid)).toBe(true);
    test.kill('SIGKILL');
    await waitUntil('its child to end', () => !isRunning(pid));
  });
});

describeWithServers('a Collector of the tests', ['collector'], () => {
  test('comes back on the same ports after it was killed, and leaves nothing behind', async () => {
    const collector = await startCollector('agent');
    const { pid, otlpHttpUrl } = collector;
    await collector.kill();
    await expect(pushHistograms(otlpHttpUrl, 1)).rejects.toThrow();
    await collector.restart();
    expect(collector.pid).not.toBe(pid);
    expect(await pushHistograms(otlpHttpUrl, 1)).toBe(200);
    expect(existsSync(collector.storage)).toBe(true);
    await collector.stop();
    expect(existsSync(collector.storage)).toBe(false);
  });
});

describeWithServers('a Prometheus of the tests', ['prometheus'], () => {
  test('scrapes what it is told to, and answers', async () => {
    const [port] = await freePorts(1);
    await using prometheus = await startPrometheus({
      scrapeConfigs: [{ job_name: 'nobody', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
    });
    const target = await waitUntil('a scrape', async () => (await prometheus.targets()).find(({ health }) => health === 'down'));
    expect(target.labels).toMatchObject({ job: 'nobody' });
    expect(await waitUntil('its result', async () => (await prometheus.query('up'))[0])).toMatchObject({ value: 0 });
    const now = Date.now() / 1000;
    expect((await prometheus.queryRange('up', now - 30, now, 1)).flatMap(({ values }) => values)).not.toEqual([]);
    expect(await prometheus.series('up')).toHaveLength(1);
    expect(await prometheus.labelValues('job')).toEqual(['nobody']);
    await expect(prometheus.query('up{')).rejects.toThrow('400');
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
