import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { OtlpReceiver } from '../../../test/otlp-receiver.ts';
import { load } from '../src/load.ts';

jest.setTimeout(60_000);

const example = join(import.meta.dirname, '..');
const REGISTER = ['--import', '@otel-perf/node/register'];

let service: ChildProcess;
let collector: OtlpReceiver | undefined;

afterEach(async () => {
  service.kill('SIGKILL');
  await collector?.close();
  collector = undefined;
});

/** @returns where it listens. */
async function start(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const child = spawn(process.execPath, [...args, 'dist/main.js'], {
    cwd: example,
    env: { PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  service = child;
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return /^Listening on (\S+)$/.exec(line)![1]!;
}

const scraped = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' };

async function post(url: string, body: string): Promise<[number, unknown]> {
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return [response.status, await response.json()];
}

describe('the Express service', () => {
  test('does its work', async () => {
    const url = await start(REGISTER, scraped);
    expect(await post(`${url}/accounts`, '{"name":"ada","password":"secret"}')).toEqual([
      201,
      { name: 'ada', hash: expect.stringMatching(/^[0-9a-f]{32}:[0-9a-f]{64}$/) },
    ]);
    expect(await post(`${url}/documents`, 'a'.repeat(10_000))).toEqual([200, { bytes: 10_000, compressed: expect.any(Number) }]);
    expect(await post(`${url}/orders`, '{"lines":[{"price":3,"quantity":2},{"price":4,"quantity":1}]}')).toEqual([200, { total: 10 }]);
    expect(await post(`${url}/orders`, '{')).toEqual([400, { error: expect.stringContaining('JSON') }]);
    expect(await post(`${url}/webhooks`, 'paid')).toEqual([401, { error: 'The signature does not fit' }]);
  });

  test('reports what it did under load, to people and to Prometheus', async () => {
    const url = await start(REGISTER, scraped);
    expect(await load(url, { requests: 40, concurrency: 4 })).toEqual({ ok: 30, failed: 10 });
    const report = await (await fetch(`${url}/report`)).text();
    expect(report).toMatch(/^hash_password_time +10 /m);
    const metrics = await (await fetch(/^For Prometheus: (\S+)$/m.exec(report)![1]!)).text();
    for (const name of ['hash_password', 'archive', 'parse_order']) {
      expect(metrics).toMatch(new RegExp(`^${name}_time_seconds_count\\{[^}]*\\} 10$`, 'm'));
    }
    expect(metrics).toMatch(/^verify_signature_time_seconds_count\{error_type="BadSignature"[^}]*\} 10$/m);
  });

  test('delivers all that it recorded before it ends on SIGTERM', async () => {
    collector = await OtlpReceiver.start();
    const url = await start(REGISTER, { ...collector.variables, OTEL_PERF_FLUSH_ON_EXIT: 'true' });
    await load(url, { requests: 40, concurrency: 4 });
    service.kill('SIGTERM');
    expect(await once(service, 'exit')).toEqual([0, null]);
    for (const name of ['hash_password_time', 'archive_time', 'parse_order_time', 'verify_signature_time']) {
      expect([...collector.totals(name).values()]).toEqual([10]);
    }
  });

  test('works without otel-perf, and says how to start it with', async () => {
    const url = await start([]);
    expect(await load(url, { requests: 4, concurrency: 1 })).toEqual({ ok: 3, failed: 1 });
    const report = await fetch(`${url}/report`);
    expect(report.status).toBe(503);
    expect(await report.text()).toContain('--import @otel-perf/node/register');
  });

  test('takes load from the command line', async () => {
    const url = await start(REGISTER, scraped);
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/load.js', url, '20', '2'], { cwd: example });
    expect(stdout).toBe('15 requests succeeded, 5 failed\n');
  });
});
