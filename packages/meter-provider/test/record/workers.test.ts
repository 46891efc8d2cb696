import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { PAGE } from '../../src/memory/arena.ts';
import { Catalogue } from '../../src/memory/catalogue.ts';
import { readCells } from '../../src/cells/cells.ts';
import { MeterProvider } from '../../src/record/meter-provider.ts';
import { registerWorker } from '../../src/record/register-worker.ts';
import { readerOf, series, streams, values } from './reading.ts';
import { countOnce, liveSlots, run, start, terminate, until } from './threads.ts';

let provider: MeterProvider;
beforeEach(() => {
  provider = new MeterProvider({ reserveBytes: 4 * 2 ** 20 });
});
afterEach(() => provider.shutdown());

describe('totals', () => {
  test.each([1, 2, 4])(
    'of %i threads are exact, and never fall on the way',
    async (threads) => {
      const { arena } = provider;
      const counter = provider.getMeter('work').createCounter('counter');
      const catalogue = new Catalogue(arena);
      const done = new AbortController();
      const read = async (): Promise<number> => {
        let [readings, before, buckets] = [0, 0, 0];
        while (!done.signal.aborted) {
          catalogue.refresh();
          let counted = 0;
          for (const { descriptor, series } of catalogue.streams) {
            for (const { cells } of series) {
              const reading = readCells(arena, descriptor.aggregation, cells);
              if (descriptor.name === 'counter' && reading.kind === 'sum') counted += reading.value;
              if (reading.kind === 'histogram') {
                expect(reading.buckets.reduce((sum, count) => sum + count, 0)).toBe(reading.count);
                expect(reading.count).toBeGreaterThanOrEqual(buckets);
                buckets = reading.count;
              }
            }
          }
          expect(counted).toBeGreaterThanOrEqual(before);
          before = counted;
          readings++;
          counter.add(1, { thread: 'main' });
          await turn();
        }
        return readings;
      };
      const reading = read();
      const records = 200_000;
      await Promise.all(Array.from({ length: threads }, () => run({ records, ending: 'end' })));
      done.abort();
      const readings = await reading;
      expect(values(arena, 'counter')).toEqual({ '[["thread","main"]]': readings, '': threads * records });
      expect(values(arena, 'up_down')).toEqual({ '': threads * records });
      expect(values(arena, 'gauge')).toEqual({ '': records - 1 });
      const quarter = (threads * records) / 4;
      expect(series(arena, 'histogram').get('')).toEqual({
        kind: 'histogram',
        count: threads * records,
        sum: quarter * (0 + 1 + 2 + 3),
        min: 0,
        max: 3,
        buckets: Float64Array.of(quarter * 2, quarter, quarter),
      });
    },
    60_000,
  );
});

describe('a thread that ends', () => {
  test.each(['end', 'exit', 'throw'] as const)(
    'by "%s" leaves what it counted, and its place',
    async (ending) => {
      const { arena } = provider;
      for (let round = 1; round <= 3; round++) {
        const thrown = await run({ records: 10, ending });
        expect(thrown === undefined).toBe(ending !== 'throw');
        expect(values(arena, 'counter')).toEqual({ '': round * 10 });
        expect(liveSlots(arena)).toEqual([]);
      }
      expect(streams(arena).map(({ series }) => series.map(({ slots }) => slots))).toEqual([[[0]], [[0]], [[0]], [[0]]]);
    },
    60_000,
  );

  test('by terminate() in the middle leaves what it counted, and its place', async () => {
    const { arena } = provider;
    for (let round = 1; round <= 3; round++) {
      const started = await start({ records: 10, ending: 'stay' });
      expect(liveSlots(arena)).toEqual([0]);
      await terminate(started);
      expect(values(arena, 'counter')).toEqual({ '': round * 10 });
      expect(liveSlots(arena)).toEqual([]);
    }
  }, 60_000);

  test('may record in the last of its exit listeners', async () => {
    await run({ records: 1, ending: 'end', atExit: true });
    await run({ records: 1, ending: 'exit', atExit: true });
    expect(values(provider.arena, 'counter')).toEqual({ '': 2, '[["late",true]]': 2 });
    expect(liveSlots(provider.arena)).toEqual([]);
  }, 60_000);

  test('and comes again, 200 times, takes no more memory', async () => {
    const { arena } = provider;
    provider.getMeter('work').createCounter('counter').add(1);
    await run({ records: 5, ending: 'end' });
    const { descriptor } = streams(arena)[0]!;
    const four = () => Promise.all([1, 2, 3, 4].map(() => countOnce(descriptor)));
    await four();
    const slots = streams(arena)[0]!.series[0]!.cells.length;
    const { bytesLeft } = arena;
    for (let started = 4; started < 200; started += 4) await four();
    await run({ records: 5, ending: 'end' });
    // A thread that is told to be over when the next one has begun makes room for the one after that.
    expect(slots).toBeLessThanOrEqual(5);
    expect(arena.bytesLeft).toBeGreaterThanOrEqual(bytesLeft - (5 - slots) * 6 * PAGE);
    expect(values(arena, 'counter')).toEqual({ '': 1 + 5 + 200 + 5 });
    expect(liveSlots(arena)).toEqual([0]);
  }, 180_000);
});

describe('threads of threads', () => {
  test('join, and end with the one that started them', async () => {
    const { arena } = provider;
    const started = await start({
      records: 1,
      ending: 'stay',
      nested: { records: 10, ending: 'stay', nested: { records: 100, ending: 'stay' } },
    });
    expect(started.threads).toHaveLength(3);
    expect(liveSlots(arena)).toHaveLength(3);
    await terminate(started);
    expect(liveSlots(arena)).toEqual([]);
    expect(values(arena, 'counter')).toEqual({ '': 111 });
  }, 60_000);

  test('end alone as well', async () => {
    const { arena } = provider;
    const started = await start({ records: 1, ending: 'stay', nested: { records: 10, ending: 'exit' } });
    await until(() => liveSlots(arena).length === 1);
    await terminate(started);
    expect(liveSlots(arena)).toEqual([]);
    expect(values(arena, 'counter')).toEqual({ '': 11 });
  }, 60_000);
});

describe('observable instruments of other threads', () => {
  test('answer a reader here, and counters stay when their threads end', async () => {
    const reader = readerOf();
    const observing = new MeterProvider({ readers: [reader], reserveBytes: 4 * 2 ** 20 });
    const observed = async () => {
      const { resourceMetrics } = await reader.collect();
      const metrics = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
      return metrics.find(({ descriptor }) => descriptor.name === 'observed')?.dataPoints[0]?.value;
    };
    const eventually = async (value: number) => {
      while ((await observed()) !== value);
    };
    const [one, two] = await Promise.all([40, 2].map((value) => start({ records: 0, ending: 'stay', observed: value })));
    await eventually(42);
    await Promise.all([one, two].map((started) => terminate(started!)));
    expect(await observed()).toBe(42);
    const next = await start({ records: 0, ending: 'stay', observed: 3 });
    await eventually(45);
    await terminate(next);
    await observing.shutdown();
  }, 60_000);
});

describe('a thread joins', () => {
  test('with the views and what the readers want of the thread that started it', async () => {
    await provider.shutdown();
    provider = new MeterProvider({
      reserveBytes: 2 ** 20,
      readers: [readerOf(undefined, 3)],
      views: [{ instrumentName: 'gauge', name: 'renamed' }],
    });
    await run({ records: 3, ending: 'end' });
    expect(values(provider.arena, 'renamed')).toEqual({ '': 2 });
    expect(series(provider.arena, 'gauge').size).toBe(0);
    for (const name of ['a', 'b', 'c', 'd']) await run({ records: 1, ending: 'end', attributes: { name } });
    expect(Object.keys(values(provider.arena, 'counter'))).toEqual(['', '[["name","a"]]', '[["otel.metric.overflow",true]]']);
  }, 60_000);

  test('only if there is something to join, and in a worker', async () => {
    expect(registerWorker()).toBeUndefined();
    await provider.shutdown();
    await expect(start({ records: 1, ending: 'end' })).rejects.toThrow('nothing to join');
  }, 60_000);
});
