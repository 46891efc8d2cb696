import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';

jest.setTimeout(60_000);

const main = join(import.meta.dirname, '..', 'dist', 'main.js');
let printed: string;

beforeAll(async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, '--steps', '1500', '--seed', '7']);
  expect(stderr).toBe('');
  printed = stdout;
});

/** The value that the pool's last metrics have for `name`. */
function metric(name: string): number {
  const [, value] = new RegExp(`^  ${name.replace(/[()]/g, '\\$&')} +(\\S+)$`, 'm').exec(printed) ?? [];
  return Number(value);
}

describe('the KV cache under churn', () => {
  test('finishes sequences, runs out of blocks, and damages no token', () => {
    const [, finished, preempted, forked] =
      /^1500 steps: (\d+) sequences finished, (\d+) were preempted .*, (\d+) forked\.$/m.exec(printed) ?? [];
    for (const count of [finished, preempted, forked]) expect(Number(count)).toBeGreaterThan(0);
    expect(printed).toMatch(/tokens were written, .*: 0 damaged\.$/m);
  });

  test('wastes no more than the rest of last blocks', () => {
    const [, wasted] = /^Of the blocks in use, (\S+) % held no token/m.exec(printed) ?? [];
    expect(Number(wasted)).toBeLessThan(10);
  });

  test('prints the report, with the metrics of steps and pool', () => {
    for (const name of ['decoder_step_time', 'decoder_batch_size', 'kv_cache_token_usage', 'memory_pool_used'])
      expect(printed).toMatch(new RegExp(`^${name} `, 'm'));
  });

  test('prints the pool as it is at the end', () => {
    expect(metric('memory_pool_size')).toBe(8 * 2 ** 20);
    expect(metric('memory_pool_allocations') - metric('memory_pool_deallocations')).toBe(metric('memory_pool_used') / 8192);
    expect(metric('memory_pool_allocations')).toBeGreaterThan(1000);
    expect([metric('memory_pool_fragmentation'), metric('memory_pool_leaks')]).toEqual([0, 0]);
    // Sequences are preempted when there is no block left.
    expect(metric('memory_pool_failures (memory)')).toBeGreaterThan(0);
  });
});
