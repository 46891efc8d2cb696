import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Seen } from './leaking.ts';

let seen: Seen;

beforeAll(async () => {
  const args = ['--expose-gc', '--conditions=@otel-perf/source', '--no-warnings', join(import.meta.dirname, 'leaking.ts')];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' }, timeout: 60_000 });
  seen = JSON.parse(stdout) as Seen;
}, 70_000);

describe('a block that is garbage collected while it is live', () => {
  test('is reported with its id, its size, and on request where it was allocated', () => {
    const byId = seen.leaks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId).toEqual([
      { pool: 'watched', id: 'listening', requested: 10, aged: true, stack: true, ours: false },
      { pool: 'watched', id: 'lost', requested: 1000, aged: true, stack: true, ours: false },
    ]);
  });

  test('is given back; one that is kept, or of which a view is kept, is not', () => {
    expect(seen.has).toEqual([true, true, false, false]);
    expect(seen.alive).toEqual(['live', 5]);
  });

  test('is warned of where nobody listens, also when a listener throws', () => {
    expect(seen.warnings.toSorted()).toEqual([
      'otel-perf: memory pool "dropped": block "gone with the pool" of 10 bytes was garbage collected before it was freed; its memory is given back',
      'otel-perf: memory pool "warned": block "silent" of 20 bytes was garbage collected before it was freed; its memory is given back',
      'otel-perf: onLeak of a memory pool threw Error: no',
    ]);
  });

  test('is counted; with leaks: false it lives on', () => {
    expect(seen.counts).toEqual([
      [2, 2],
      [1, 0],
      [1, 0],
      [0, 1],
    ]);
  });
});

test('a pool that nobody has is collected, and its counts stay in the metrics', () => {
  expect(seen.poolCollected).toBe(true);
  // Five, one, one and one in the pools that are still there, and the two of the one that is not.
  expect(seen.counted).toBe(10);
});
