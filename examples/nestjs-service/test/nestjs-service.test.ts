import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { OtlpReceiver } from '../../../test/otlp-receiver.ts';

jest.setTimeout(60_000);

const main = join(import.meta.dirname, '..', 'dist', 'main.js');
const WITH_KEY = { headers: { 'x-api-key': 'an example' } };

let service: ChildProcess;
let collector: OtlpReceiver | undefined;

afterEach(async () => {
  service.kill('SIGKILL');
  await collector?.close();
  collector = undefined;
});

async function start(env: Record<string, string>): Promise<{ url: string; metricsUrl: string }> {
  const child = spawn(process.execPath, [main], { env: { PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  service = child;
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const [, url, metricsUrl] = /^Listening on (\S+), metrics at (\S+)$/.exec(line)!;
  return { url: url!, metricsUrl: metricsUrl! };
}

async function get(url: string, init?: RequestInit): Promise<[number, unknown]> {
  const response = await fetch(url, init);
  return [response.status, await response.json()];
}

describe('the NestJS service', () => {
  test('has routes, pipes, guards and injection as ever, and its methods timed', async () => {
    const { url, metricsUrl } = await start({ OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' });
    const slow = `${url}/hashes/abc/slow`;
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(await get(`${url}/hashes/abc`)).toEqual([200, { hash: sha256 }]);
    expect(await get(`${slow}?rounds=1`, WITH_KEY)).toEqual([200, { hash: sha256 }]);
    expect(await get(`${slow}?rounds=1000`, WITH_KEY)).toEqual([200, { hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(await get(`${slow}?rounds=many`, WITH_KEY)).toEqual([400, expect.objectContaining({ statusCode: 400 })]);
    expect(await get(`${slow}?rounds=100001`, WITH_KEY)).toEqual([400, expect.objectContaining({ message: 'At most 100000 rounds' })]);
    expect(await get(`${slow}?rounds=1`)).toEqual([403, expect.objectContaining({ statusCode: 403 })]);

    const metrics = await (await fetch(metricsUrl)).text();
    expect(metrics).toMatch(/^quick_hash_time_seconds_count\{otel_scope_name="HashController.quick"\} 1$/m);
    expect(metrics).toMatch(/^slow_hash_time_seconds_count\{otel_scope_name="HashController.slow"\} 2$/m);
    expect(metrics).toMatch(/^slow_hash_time_seconds_count\{error_type="BadRequestException",otel_scope_name="HashController.slow"\} 1$/m);
    expect(metrics).toMatch(/^hash_time_seconds_count\{otel_scope_name="HashService.hash"\} 3$/m);
    expect(metrics).toMatch(/^check_api_key_time_seconds_count\{otel_scope_name="ApiKeyGuard.canActivate"\} 5$/m);
    expect(metrics).toMatch(/^target_info\{.*\bservice_name="hashes"/m);
  });

  test('delivers what it recorded when Nest shuts down', async () => {
    collector = await OtlpReceiver.start();
    const { url, metricsUrl } = await start(collector.variables);
    expect(metricsUrl).toBe('nowhere');
    await Promise.all(Array.from({ length: 20 }, () => get(`${url}/hashes/abc`)));
    service.kill('SIGTERM');
    expect(await once(service, 'exit')).toEqual([null, 'SIGTERM']);
    expect([...collector.totals('quick_hash_time').values()]).toEqual([20]);
  });
});
