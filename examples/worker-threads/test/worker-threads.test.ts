import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { OtlpReceiver } from '../../../test/otlp-receiver.ts';

jest.setTimeout(60_000);

const run = promisify(execFile);
const example = join(import.meta.dirname, '..');

let collector: OtlpReceiver;

beforeEach(async () => {
  collector = await OtlpReceiver.start();
});

afterEach(() => collector.close());

/** How many ranges each thread says it counted. */
async function counted(workers: number, env: Record<string, string> = {}): Promise<Map<number, number>> {
  const { stdout, stderr } = await run(process.execPath, ['--import', '@otel-perf/node/register', 'dist/main.js', String(workers)], {
    cwd: example,
    env: { ...collector.variables, OTEL_PERF_FLUSH_ON_EXIT: 'true', ...env },
  });
  expect(stderr).toBe('');
  expect(stdout).toContain('148933 primes below 2000000');
  return new Map(
    Array.from(stdout.matchAll(/Thread (\d+) counted (\d+) ranges/g), ([, thread, ranges]) => [Number(thread), Number(ranges)]),
  );
}

const byNumber = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);

describe('the worker threads', () => {
  test('push all that they recorded, each as an instance of its own', async () => {
    const ranges = await counted(3);
    expect(ranges.size).toBe(4);
    const pushed = collector.totals('count_primes_time');
    expect(byNumber(pushed.values())).toEqual(byNumber(ranges.values()));
    expect(pushed.values().reduce((sum, calls) => sum + calls, 0)).toBe(40);
  });

  test('tell an instance id that all of them inherit apart', async () => {
    const ranges = await counted(2, { OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=pod-7' });
    const instances = Array.from(ranges, ([thread, calls]): [string, number] => [thread === 0 ? 'pod-7' : `pod-7/thread-${thread}`, calls]);
    expect(collector.totals('count_primes_time')).toEqual(new Map(instances));
  });
});
