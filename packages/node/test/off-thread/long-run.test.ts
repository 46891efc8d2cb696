import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import { FIXTURES, scrape, sumOf } from './service.ts';

const LOADED_MILLIS = 30_000;
const PAUSE_MILLIS = 100;
/** Until caches are filled and code is compiled. */
const WARM_MILLIS = 8_000;
/** What the heaps of three threads under load may differ by from one moment to another. */
const FLAT_BYTES = 40e6;

jest.setTimeout(120_000);

const isLinux = process.platform === 'linux';

async function resident(pid: number): Promise<number> {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kibibytes) * 1024;
}

async function descriptors(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}

/** `_count` of each series, in the order of the text; its buckets must come to the same. */
function countsOf(text: string): number[] {
  const counts = Array.from(text.matchAll(/^load_seconds_count\{.*\} +(\d+)$/gm), ([, count]) => Number(count));
  const all = Array.from(text.matchAll(/^load_seconds_bucket\{.*le="\+Inf"\} +(\d+)$/gm), ([, count]) => Number(count));
  expect(all).toEqual(counts);
  return counts;
}

(isLinux ? test : test.skip)('half a minute of three threads at full load, scraped every 100 ms: exact, flat, nothing leaked', async () => {
  const child = spawn(process.execPath, ['--conditions=@otel-perf/source', join(FIXTURES, 'load.mjs')], {
    cwd: join(import.meta.dirname, '../..'),
    env: {
      ...process.env,
      OTEL_PERF_OFF_THREAD: 'true',
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      OTEL_PERF_HOST_METRICS: 'false',
      OTEL_PERF_RUNTIME_METRICS: 'false',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const url = (await lines.next()).value as string;
    const startedAt = performance.now();
    let last: number[] = [];
    let scrapes = 0;
    let warm: { resident: number; descriptors: number } | undefined;
    const sizes: number[] = [];
    while (performance.now() - startedAt < LOADED_MILLIS) {
      const counts = countsOf(await scrape(url));
      expect(counts.length).toBeGreaterThanOrEqual(last.length);
      for (const [i, count] of last.entries()) expect(counts[i]).toBeGreaterThanOrEqual(count);
      last = counts;
      scrapes++;
      if (performance.now() - startedAt > WARM_MILLIS) {
        warm ??= { resident: await resident(child.pid!), descriptors: await descriptors(child.pid!) };
        sizes.push(await resident(child.pid!));
      }
      await sleep(PAUSE_MILLIS);
    }
    const [size, open] = [Math.min(...sizes.slice(-20)), await descriptors(child.pid!)];
    expect(scrapes).toBeGreaterThan(50);
    expect(size - warm!.resident).toBeLessThan(FLAT_BYTES);
    // One more or fewer: whether a scrape's socket is still open.
    expect(Math.abs(open - warm!.descriptors)).toBeLessThanOrEqual(2);
    child.stdin.end();
    const total = Number((await lines.next()).value);
    expect(total).toBeGreaterThan(1e6);
    expect(sumOf(await scrape(url), 'load_seconds_count')).toBe(total);
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});
