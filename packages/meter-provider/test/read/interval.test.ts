import { describe, expect, it } from '@jest/globals';
import { Arena, MIN_MAX_EPOCH } from '../../src/memory/arena.ts';
import { Segment } from '../../src/memory/segment.ts';
import { cell, cumulativeProducer, deltaProducer, EXPONENTIAL, extremes, HISTOGRAM, values } from './by-hand.ts';

describe.each([
  ['explicit buckets', HISTOGRAM],
  ['exponential buckets', EXPONENTIAL],
])('least and greatest values of deltas: %s', (_, descriptor) => {
  function arenaOf(threads: number) {
    const arena = Arena.create(2 ** 20);
    const cells = Array.from({ length: threads }, (_thread, id) => cell(Segment.open(arena, id + 1)!, descriptor));
    return { arena, record: (value: number, thread = 0) => cells[thread]!.record(value) };
  }

  it('are those of the interval', async () => {
    const { arena, record } = arenaOf(2);
    const producer = deltaProducer(arena);
    record(1);
    record(100, 1);
    expect(await extremes(producer)).toEqual([1, 100]);
    record(5);
    record(6, 1);
    expect(await extremes(producer)).toEqual([5, 6]);
    expect(await values(producer)).toEqual([]);
    record(7, 1);
    expect(await extremes(producer)).toEqual([7, 7]);
    record(0);
    record(200);
    expect(await extremes(producer)).toEqual([0, 200]);
    expect(await extremes(cumulativeProducer(arena))).toEqual([0, 200]);
  });

  it('are those of the first reader alone, but for the first delta of a series', async () => {
    const { arena, record } = arenaOf(1);
    const [first, second] = [deltaProducer(arena), deltaProducer(arena)];
    record(3);
    for (const producer of [first, second]) expect(await extremes(producer)).toEqual([3, 3]);
    record(5);
    expect(await extremes(second)).toEqual([undefined, undefined]);
    record(7);
    expect(await extremes(first)).toEqual([5, 7]);
    expect(await extremes(second)).toEqual([undefined, undefined]);
  });

  it('cost nothing where nobody reads deltas of histograms', async () => {
    const { arena, record } = arenaOf(1);
    record(1);
    await values(cumulativeProducer(arena));
    await values(deltaProducer(Arena.create(2 ** 20)));
    expect(arena.i32[MIN_MAX_EPOCH]).toBe(0);
  });

  it('are left out where another thread is in the next interval already, and where they are not those of the buckets', async () => {
    const { arena, record } = arenaOf(1);
    const producer = deltaProducer(arena);
    record(5);
    await extremes(producer);
    record(5);
    // As if it were after the next collection has begun the interval, and before it has come to this histogram.
    Atomics.add(arena.i32, MIN_MAX_EPOCH, 1);
    record(1);
    Atomics.sub(arena.i32, MIN_MAX_EPOCH, 1);
    expect(await extremes(producer)).toEqual([undefined, undefined]);
    // The 1 was counted then.
    record(100);
    expect(await extremes(producer)).toEqual([undefined, undefined]);
    record(6);
    expect(await extremes(producer)).toEqual([6, 6]);
  });
});
