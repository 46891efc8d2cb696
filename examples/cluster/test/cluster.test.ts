import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, jest, test } from '@jest/globals';

jest.setTimeout(60_000);

const WORKERS = 3;
const REQUESTS = 60;
const main = join(import.meta.dirname, '..', 'dist', 'main.js');

let primary: ChildProcess;

// Its workers end with it.
afterEach(() => {
  primary.kill('SIGKILL');
});

interface Started {
  readonly url: string;
  /** Where each worker serves its metrics. */
  readonly metricsUrls: readonly string[];
}

async function start(env: Record<string, string> = {}): Promise<Started> {
  const defaults = { PORT: '0', OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' };
  const child = spawn(process.execPath, [main, String(WORKERS)], { env: { ...defaults, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  primary = child;
  const metricsUrls: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /^Listening on (\S+)/.exec(line) ?? [];
    if (url !== undefined) return { url, metricsUrls };
    metricsUrls.push(/^Worker \d+: (\S+)/.exec(line)![1]!);
  }
  throw new Error('the cluster ended before it listened');
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}

function countOf(text: string): number {
  return Number(/^hash_password_time_seconds_count\{.*\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

function instanceOf(text: string): string | undefined {
  return /^target_info\{.*\bservice_instance_id="([^"]+)"/m.exec(text)?.[1];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('the cluster', () => {
  test('counts every request once, each worker its own as an instance of its own', async () => {
    const { url, metricsUrls } = await start();
    expect(new Set(metricsUrls).size).toBe(WORKERS);
    const answers = await Promise.all(Array.from({ length: REQUESTS }, (_, i) => textOf(`${url}/?password=${i}`)));
    expect(answers).toEqual(Array(REQUESTS).fill(expect.stringMatching(/^[0-9a-f]{32}:[0-9a-f]{64}\n$/)));
    const metrics = await Promise.all(metricsUrls.map(textOf));
    expect(metrics.map(countOf).reduce((sum, count) => sum + count)).toBe(REQUESTS);
    expect(new Set(metrics.map(instanceOf)).size).toBe(WORKERS);
  });

  test('tells an instance id that all workers inherit apart', async () => {
    const { metricsUrls } = await start({ OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=pod-7' });
    const instances = (await Promise.all(metricsUrls.map(textOf))).map(instanceOf);
    expect(instances.sort()).toEqual(['pod-7/worker-1', 'pod-7/worker-2', 'pod-7/worker-3']);
  });

  test('gives each worker a port from the configured one on', async () => {
    const first = await freePort();
    const { metricsUrls } = await start({ OTEL_EXPORTER_PROMETHEUS_PORT: String(first) });
    const ports = metricsUrls.map((url) => Number(new URL(url).port));
    expect(new Set(ports).size).toBe(WORKERS);
    for (const port of ports) {
      expect(port).toBeGreaterThanOrEqual(first);
      expect(port).toBeLessThanOrEqual(first + 64);
    }
  });

  test('ends on SIGTERM with all its workers', async () => {
    const { url, metricsUrls } = await start();
    await textOf(url);
    primary.kill('SIGTERM');
    expect(await once(primary, 'exit')).toEqual([0, null]);
    for (const metricsUrl of metricsUrls) await expect(fetch(metricsUrl)).rejects.toThrow('fetch failed');
  });
});
