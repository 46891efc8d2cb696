import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { MetricsReport } from '@otel-perf/metrics';
import { flushingTo, startWaiting } from '../ending.ts';
import type { Receiver } from '../receiver.ts';
import { REGISTER, run } from '../run.ts';

let receiver: Receiver;
let env: Record<string, string>;
const listen = async (options?: { hangs: boolean }) => {
  const { receiver: listening, env: flushing } = await flushingTo(options);
  receiver = listening;
  env = { ...flushing, OTEL_PERF_OFF_THREAD: 'true' };
};
beforeEach(() => listen());

const waiting = (ending: string, more: Record<string, string> = {}) => startWaiting(ending, { ...env, ...more });
const last = () => receiver.values('orders').at(-1);

describe('a signal', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends the process as ever, once everything is delivered', async (signal) => {
    const { child, ended } = await waiting('waiting');
    child.kill(signal);
    const { end, stderr } = await ended;
    expect([end, stderr]).toEqual([signal, '']);
    expect([receiver.values('orders'), receiver.values('load_time')]).toEqual([[3], [5]]);
  });

  test('ends the process at once the second time, though the Collector hangs', async () => {
    await listen({ hangs: true });
    const { child, ended } = await waiting('waiting');
    child.kill('SIGTERM');
    await receiver.received(1);
    child.kill('SIGTERM');
    expect((await ended).end).toBe('SIGTERM');
  });

  test('waits for a Collector that hangs no longer than OTEL_PERF_FLUSH_TIMEOUT', async () => {
    await listen({ hangs: true });
    const { child, ended } = await waiting('waiting', { OTEL_PERF_FLUSH_TIMEOUT: '2000' });
    child.kill('SIGTERM');
    expect((await ended).end).toBe('SIGTERM');
    expect(receiver.requests).toHaveLength(1);
  });

  test.each([
    ['every time', 'byItself'],
    ['once', 'byItselfOnce'],
  ])('that the service listens for %s is its business: it ends when its work is done, and all is delivered', async (_, ending) => {
    const { child, ended } = await waiting(ending);
    child.kill('SIGTERM');
    const { end, stderr } = await ended;
    expect([end, stderr]).toEqual(['code 7', '']);
    expect(last()).toBe(4);
  });

  test('can be answered by a flush and process.exit', async () => {
    const { child, ended } = await waiting('byItselfWithExit');
    child.kill('SIGINT');
    expect((await ended).end).toBe('code 8');
    expect(last()).toBe(4);
  });
});

describe('a process that has nothing left to do', () => {
  test('delivers everything, and ends with its exit status', async () => {
    const { end, stderr } = await (await waiting('naturally')).ended;
    expect([end, stderr, last()]).toEqual(['code 0', '', 3]);
  });

  test('delivers what its own beforeExit listener began as well', async () => {
    const { end } = await (await waiting('withMoreToDo')).ended;
    expect([end, last()]).toEqual(['code 0', 4]);
  });

  test('ends though the Collector hangs', async () => {
    await listen({ hangs: true });
    const { end } = await (await waiting('naturally', { OTEL_PERF_FLUSH_TIMEOUT: '2000' })).ended;
    expect(end).toBe('code 0');
    expect(receiver.requests.length).toBeGreaterThan(0);
  });

  test('ends though there is no Collector', async () => {
    await receiver.close();
    const { end, warnings } = await (await waiting('naturally', { OTEL_PERF_FLUSH_TIMEOUT: '2000' })).ended;
    expect(end).toBe('code 0');
    expect(warnings).toEqual([expect.stringMatching(/^\[export-failed\] OTLPMetricExporter could not deliver metrics: /)]);
  });

  test('ends at once where nothing is to be flushed, with the worker serving and a Collector that hangs', async () => {
    await listen({ hangs: true });
    const quiet = { OTEL_PERF_FLUSH_ON_EXIT: 'false', OTEL_METRICS_EXPORTER: 'otlp,prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' };
    const { end, stderr } = await (await waiting('naturally', { ...quiet, OTEL_METRIC_EXPORT_INTERVAL: '1' })).ended;
    // The push that hangs may have been told of before.
    const told = stderr.split('\n').filter((line) => line !== '' && !/export-failed|--trace-warnings/.test(line));
    expect([end, told]).toEqual(['code 0', []]);
  });
});

describe.each([
  ['process.exit', 'byExit', 'code 3', ''],
  ['an uncaught error', 'byError', 'code 1', 'Error: broken for good'],
  ['an unhandled rejection', 'byRejection', 'code 1', 'Error: broken for good'],
])('%s', (_, ending, expected, message) => {
  test('ends the process as ever, and all is delivered', async () => {
    const { end, stderr } = await run('ending.mjs', { args: [ending], env, preload: [REGISTER] });
    expect(end).toBe(expected);
    if (message === '') expect(stderr).toBe('');
    else expect(stderr).toContain(message);
    expect(receiver.values('orders')).toEqual([3]);
  });

  test('waits for a Collector that hangs no longer than OTEL_PERF_FLUSH_TIMEOUT', async () => {
    await listen({ hangs: true });
    const { end } = await run('ending.mjs', { args: [ending], env: { ...env, OTEL_PERF_FLUSH_TIMEOUT: '2000' }, preload: [REGISTER] });
    expect([end, receiver.requests.length]).toEqual([expected, 1]);
  });

  test('writes the last report', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'otel-perf-off-thread-'));
    const file = join(folder, 'last.json');
    const ended = await run('ending.mjs', { args: [ending], env: { ...env, OTEL_PERF_EXIT_SNAPSHOT: file }, preload: [REGISTER] });
    const { statistics } = JSON.parse(readFileSync(file, 'utf8')) as MetricsReport;
    expect(statistics.find(({ name }) => name === 'orders')!.stats.total).toBe(3);
    expect(ended.end).toBe(expected);
    rmSync(folder, { recursive: true });
  });
});

test('what it listens to the process for is taken back with its shutdown', async () => {
  const events = async (variables: Record<string, string>) =>
    (await run('listeners.mjs', { env: { ...env, ...variables } })).said<Record<string, number>>();
  expect(await events({ OTEL_PERF_FLUSH_ON_EXIT: 'false' })).toEqual({});
  expect(await events({})).toEqual({ SIGTERM: 1, SIGINT: 1, beforeExit: 2, exit: 1 });
  // There is nothing to be pushed.
  expect(await events({ OTEL_METRICS_EXPORTER: 'none' })).toEqual({ SIGTERM: 1, SIGINT: 1, beforeExit: 1 });
  const ended = await run('after-shutdown.mjs', { env });
  expect(ended.said()).toEqual({ url: null, snapshot: 'rejected', sameCount: 1, listeners: [0, 0, 0] });
  expect(ended.end).toBe('code 0');
});
