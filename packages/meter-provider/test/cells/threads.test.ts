import { describe, expect, it } from '@jest/globals';
import { readCells, type CellReading } from '../../src/cells/cells.ts';
import type { StreamAggregation } from '../../src/model/stream.ts';
import { start } from '../memory/threads.ts';
import { FIRST_CELL, newArena, newCell } from './arena.ts';
import type { Write } from './fixtures/write.ts';
import { BOUNDARIES, valueOf } from './values.ts';

const RECORDS = 400_000;
const DEADLINE_MILLIS = 60_000;

/** What must never fall: all that is counted, or the sum of what is not negative. */
function counts(reading: CellReading): number[] {
  switch (reading.kind) {
    case 'sum':
    case 'last-value':
      return [reading.value];
    case 'histogram':
      return [reading.count, ...reading.buckets];
    case 'exponential-histogram':
      return [reading.count, reading.zeroCount];
  }
}

/** What the buckets add up to; 0 where there are none. */
function inBuckets(reading: CellReading): number {
  if (reading.kind === 'histogram') return reading.buckets.reduce((sum, count) => sum + count, 0);
  if (reading.kind !== 'exponential-histogram') return 0;
  const { zeroCount, positive, negative } = reading;
  return [...positive.bucketCounts, ...negative.bucketCounts].reduce((sum, count) => sum + count, zeroCount);
}

describe.each([1, 2, 4])('%i threads that record, while another one reads', (threads) => {
  it.each<StreamAggregation>([
    { kind: 'sum' },
    { kind: 'histogram', boundaries: BOUNDARIES, recordMinMax: true },
    { kind: 'exponential-histogram', maxSize: 4, recordMinMax: true },
    { kind: 'exponential-histogram', maxSize: 160, recordMinMax: true },
  ])(
    'lose nothing, and are never seen to fall: %j',
    async (aggregation) => {
      const arena = newArena();
      const places = Array.from({ length: threads }, (_, i) => FIRST_CELL + i * 1024);
      for (const at of places) newCell(arena, aggregation, at);
      const words = new Int32Array(new SharedArrayBuffer(8));
      await using stack = new AsyncDisposableStack();
      const writers = places.map((at) => {
        const data: Write = { buffer: arena.buffer, aggregation, at, records: RECORDS, gate: words.buffer };
        return stack.use(start<string>(new URL('./fixtures/write.ts', import.meta.url), data));
      });
      for (const writer of writers) expect(await writer.next()).toBe('ready');
      Atomics.store(words, 0, 1);
      Atomics.notify(words, 0);

      const deadline = Date.now() + DEADLINE_MILLIS;
      let last = counts(readCells(arena, aggregation, places));
      let readings = 0;
      while (Atomics.load(words, 1) < threads && Date.now() < deadline) {
        const reading = readCells(arena, aggregation, places);
        const now = counts(reading);
        if (now.some((count, i) => count < last[i]!)) throw new Error(`from ${last.join()} to ${now.join()}`);
        if ('count' in reading && inBuckets(reading) !== reading.count) throw new Error(`${inBuckets(reading)} of ${reading.count}`);
        last = now;
        readings++;
      }
      expect(Atomics.load(words, 1)).toBe(threads);
      expect(readings).toBeGreaterThan(10);

      const reference = newArena();
      const one = newCell(reference, aggregation);
      for (let thread = 0; thread < threads; thread++) for (let i = 0; i < RECORDS; i++) one.record(valueOf(i));
      expect(readCells(arena, aggregation, places)).toEqual(readCells(reference, aggregation, [FIRST_CELL]));
    },
    2 * DEADLINE_MILLIS,
  );
});
