import { beforeEach, describe, expect, test } from '@jest/globals';
import { createPerformanceReader } from '../src/index.ts';
import { flushingTo, startWaiting } from './ending.ts';
import type { Receiver } from './receiver.ts';
import { start, run, REGISTER } from './run.ts';

let receiver: Receiver;
let env: Record<string, string>;
const listen = async (options?: { hangs: boolean }) => {
  ({ receiver, env } = await flushingTo(options));
};
beforeEach(() => listen());

const waiting = (ending: string, more: Record<string, string> = {}) => startWaiting(ending, { ...env, ...more });
const last = () => receiver.values('orders').at(-1);

describe('a signal that nobody else listens for', () => {
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
    const { child, ended } = await waiting('waiting', { OTEL_PERF_FLUSH_TIMEOUT: '200' });
    child.kill('SIGTERM');
    expect((await ended).end).toBe('SIGTERM');
    expect(receiver.requests).toHaveLength(1);
  });

  test('ends the process at once where it is not among those to flush on', async () => {
    const { child, ended } = await waiting('waiting');
    child.kill('SIGHUP');
    expect((await ended).end).toBe('SIGHUP');
    expect(receiver.requests).toHaveLength(0);
  });
});

describe('a signal that other flushes and signal-exit listen for, but not the service,', () => {
  test('ends a process with two readers that flush, once both have delivered', async () => {
    const running = start('two-readers.mjs');
    await running.said();
    running.child.kill('SIGTERM');
    const { end, stdout } = await running.ended;
    expect([end, stdout]).toEqual(['SIGTERM', '@"ready"\n@"quick"\n@"slow"\n']);
  });

  test.each(['3', '4'])('ends a process that version %s tidies up, once everything is delivered', async (version) => {
    const running = start('tidies-up.mjs', { args: [version], env, preload: [REGISTER] });
    await running.said();
    running.child.kill('SIGTERM');
    const ended = await running.ended;
    expect([ended.end, ended.said(), receiver.values('orders')]).toEqual(['SIGTERM', 'tidied', [3]]);
  });
});

test('process 1 of a container, which outlives a signal, delivers what it has and goes on with its metrics', async () => {
  const running = start('process-one.mjs', { env });
  await running.said();
  running.child.kill('SIGTERM');
  await receiver.received(1);
  running.child.kill('SIGHUP');
  const ended = await running.ended;
  expect([ended.end, ended.stdout]).toEqual(['code 0', '@"ready"\n@4\n']);
  expect(receiver.values('orders')[0]).toBe(3);
});

describe('a signal that the service listens for', () => {
  test.each([
    ['every time', 'byItself'],
    ['once', 'byItselfOnce'],
  ])('%s is its business: it ends when its work is done, with its exit status, and all is delivered', async (_, ending) => {
    const { child, ended } = await waiting(ending);
    child.kill('SIGTERM');
    const { end, stderr } = await ended;
    expect([end, stderr]).toEqual(['code 7', '']);
    expect(last()).toBe(4);
  });

  test('is its business too where it listened before otel-perf was there', async () => {
    const running = start('listens-first.mjs', { env });
    await running.said();
    running.child.kill('SIGTERM');
    expect((await running.ended).end).toBe('code 7');
    expect(last()).toBe(4);
  });

  test('can be answered by a flush and process.exit', async () => {
    const { child, ended } = await waiting('byItselfWithExit');
    child.kill('SIGINT');
    expect((await ended).end).toBe('code 8');
    expect(last()).toBe(4);
  });

  test('does not end the process that refuses it, and does the next time, with everything delivered', async () => {
    const running = await waiting('afterRefusingOnce');
    running.child.kill('SIGTERM');
    expect(await running.said(2)).toBe('not yet');
    await receiver.received(1);
    running.child.kill('SIGTERM');
    expect((await running.ended).end).toBe('SIGTERM');
    expect(last()).toBe(3);
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
    const { end } = await (await waiting('naturally', { OTEL_PERF_FLUSH_TIMEOUT: '200' })).ended;
    expect(end).toBe('code 0');
    expect(receiver.requests.length).toBeGreaterThan(0);
  });

  test('ends within its time though an exporter of its own never answers', async () => {
    const before = performance.now();
    const { end, warnings } = await run('hanging-exporter.mjs');
    expect([end, warnings]).toEqual(['code 0', [expect.stringContaining('export took longer than 100 ms')]]);
    // The reader's own limit is 10 s.
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  test('ends though there is no Collector', async () => {
    await receiver.close();
    const { end, warnings } = await (await waiting('naturally', { OTEL_PERF_FLUSH_TIMEOUT: '200' })).ended;
    expect(end).toBe('code 0');
    expect(warnings).toEqual([expect.stringMatching(/^\[export-failed\] OTLPMetricExporter could not deliver metrics: /)]);
  });
});

describe.each([
  ['process.exit', 'byExit', 'code 3', ''],
  ['an uncaught error', 'byError', 'code 1', 'Error: broken for good'],
  ['an unhandled rejection', 'byRejection', 'code 1', 'Error: broken for good'],
])('%s', (_, ending, expected, message) => {
  test('ends the process as ever', async () => {
    const { end, stderr } = await run('ending.mjs', { args: [ending], env, preload: [REGISTER] });
    expect(end).toBe(expected);
    if (message === '') expect(stderr).toBe('');
    else expect(stderr).toContain(message);
  });
});

describe('a reader of a service’s own provider', () => {
  test('flushes on exit too', async () => {
    const own = start('own-provider.mjs', { env });
    await own.said();
    own.child.kill('SIGTERM');
    expect((await own.ended).end).toBe('SIGTERM');
    expect(receiver.values('orders')).toEqual([3]);
  });

  test('listens no longer than it lives', () => {
    const counts = () => ['SIGTERM', 'SIGINT', 'beforeExit'].map((event) => process.listenerCount(event));
    const before = counts();
    const reader = createPerformanceReader({ flushOnExit: true });
    expect(counts()).toEqual(before.map((count) => count + 1));
    return reader.shutdown().then(() => expect(counts()).toEqual(before));
  });

  test('waits no longer than OTEL_PERF_FLUSH_TIMEOUT, whatever its exporter does', async () => {
    await listen({ hangs: true });
    const own = start('own-provider.mjs', { env: { ...env, OTEL_PERF_FLUSH_TIMEOUT: '200' } });
    await own.said();
    own.child.kill('SIGTERM');
    expect((await own.ended).end).toBe('SIGTERM');
    expect(receiver.requests).toHaveLength(1);
  });
});

test('without flushOnExit and exitSnapshot nothing listens to the process', async () => {
  const events = async (variables: Record<string, string>) =>
    (await run('listeners.mjs', { env: variables })).said<Record<string, number>>();
  const without = await events({});
  const disabled = await events({ OTEL_PERF_FLUSH_ON_EXIT: 'false' });
  const flushing = await events({ OTEL_PERF_FLUSH_ON_EXIT: 'true' });
  expect([without, disabled]).toEqual([{}, {}]);
  expect(flushing).toEqual({ SIGTERM: 1, SIGINT: 1, beforeExit: 1 });
});
