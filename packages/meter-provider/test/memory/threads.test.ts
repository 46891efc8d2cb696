import { describe, expect, it, jest } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { canonicalKey } from '../../src/attributes/canonical.ts';
import { readSum } from '../../src/cells/sum.ts';
import { Arena } from '../../src/memory/arena.ts';
import { Catalogue } from '../../src/memory/catalogue.ts';
import type { Read, Seen } from './fixtures/read.ts';
import type { Register } from './fixtures/register.ts';
import { start } from './threads.ts';

// Threads start slowly on a busy machine.
jest.setTimeout(60_000);

const SERIES = 2000;
const NAMES = ['a', 'b', 'c', 'd'];

describe('threads that register at once', () => {
  it('are seen by two catalogues in two threads: nothing missed, nothing twice', async () => {
    const arena = Arena.create(2 ** 24);
    const go = new Int32Array(new SharedArrayBuffer(8));
    const fixture = (name: string) => new URL(`./fixtures/${name}.ts`, import.meta.url);
    const data = { buffer: arena.buffer, go };
    const reader = start<'ready' | Seen>(fixture('read'), data satisfies Read);
    const writers = NAMES.map((name) => start<'ready' | 'done'>(fixture('register'), { ...data, name, series: SERIES } satisfies Register));
    await Promise.all([reader, ...writers].map(({ next }) => next()));

    const running = new Set(writers);
    const done = Promise.all(writers.map(async ({ next }) => expect(await next()).toBe('done')));
    for (const writer of writers) void writer.ended.catch(() => undefined).finally(() => running.delete(writer));
    Atomics.store(go, 0, 1);
    Atomics.notify(go, 0);
    const catalogue = new Catalogue(arena);
    const sizes: number[] = [];
    while (running.size > 0) {
      catalogue.refresh();
      sizes.push(catalogue.streams[0]?.series.length ?? 0);
      await setImmediate();
    }
    await done;
    catalogue.refresh();
    Atomics.store(go, 1, 1);
    const seen = (await reader.next()) as Seen;
    await Promise.all([reader, ...writers].map(({ ended }) => ended));

    const expected = new Map<string, number>();
    for (let i = 0; i < SERIES; i++) {
      expected.set(canonicalKey({ shared: i }), NAMES.length);
      for (const own of NAMES) expected.set(canonicalKey({ own, i }), 1);
    }
    expect(catalogue.streams).toHaveLength(1);
    const { series } = catalogue.streams[0]!;
    const sums = new Map(series.map(({ attributes, cells }) => [canonicalKey(attributes), readSum(arena, cells)]));
    expect(series).toHaveLength(expected.size);
    expect(sums).toEqual(expected);
    expect(seen.sums).toEqual(expected);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(seen.refreshes).toBeGreaterThan(1);
    // Each cell belongs to one series of one thread.
    const cells = series.flatMap((one) => one.cells);
    expect(new Set(cells).size).toBe(cells.length);
  });
});
