import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cellWords, createCell, readCells } from '../../src/cells/cells.ts';
import { readInterval } from '../../src/cells/distribution.ts';
import { COUNT } from '../../src/cells/distribution-words.ts';
import { GAUGE_CLOCK, MIN_MAX_EPOCH } from '../../src/memory/arena.ts';
import type { StreamAggregation } from '../../src/model/stream.ts';
import { dying, Ended, FIRST_CELL, interrupted, newArena, newCell } from './arena.ts';

const SUM: StreamAggregation = { kind: 'sum' };
const GAUGE: StreamAggregation = { kind: 'last-value' };
const HISTOGRAM: StreamAggregation = { kind: 'histogram', boundaries: [0, 10, 100], recordMinMax: true };
/** Several boundaries to a class of the table. */
const DENSE: StreamAggregation = { kind: 'histogram', boundaries: Array.from({ length: 300 }, (_, i) => 64 + i / 10), recordMinMax: true };
const EXPONENTIAL: StreamAggregation = { kind: 'exponential-histogram', maxSize: 4, recordMinMax: true };

describe('a cell', () => {
  it.each<[StreamAggregation, object]>([
    [SUM, { kind: 'sum', value: 0 }],
    [GAUGE, { kind: 'last-value', value: 0 }],
    [HISTOGRAM, { kind: 'histogram', count: 0, sum: 0, min: Infinity, max: -Infinity, buckets: new Float64Array(4) }],
    [
      EXPONENTIAL,
      {
        kind: 'exponential-histogram',
        count: 0,
        sum: 0,
        min: Infinity,
        max: -Infinity,
        scale: 0,
        zeroCount: 0,
        positive: { offset: 0, bucketCounts: [] },
        negative: { offset: 0, bucketCounts: [] },
      },
    ],
  ])('holds nothing at first: %j', (aggregation, reading) => {
    const arena = newArena();
    newCell(arena, aggregation);
    expect(readCells(arena, aggregation, [FIRST_CELL])).toEqual(reading);
    expect(readCells(arena, HISTOGRAM, [])).toMatchObject({ count: 0, min: Infinity });
  });

  it.each<[StreamAggregation, object]>([
    [SUM, { kind: 'sum', value: 129.5 }],
    [GAUGE, { kind: 'last-value', value: 0 }],
    [HISTOGRAM, { kind: 'histogram', count: 7, sum: 129.5, min: -1, max: 101, buckets: Float64Array.of(2, 4, 0, 1) }],
    [
      EXPONENTIAL,
      {
        kind: 'exponential-histogram',
        count: 7,
        sum: 129.5,
        min: -1,
        max: 101,
        scale: -1,
        zeroCount: 1,
        positive: { offset: 0, bucketCounts: [1, 3, 0, 1] },
        negative: { offset: -1, bucketCounts: [1] },
      },
    ],
  ])('holds what is recorded, and goes on with it: %j', (aggregation, reading) => {
    const arena = newArena();
    const cell = newCell(arena, aggregation);
    for (const value of [4, 5.5, 10, 101]) cell.record(value);
    const heir = createCell(arena, aggregation, FIRST_CELL);
    for (const value of [10, -1, 0]) heir.record(value);
    expect(readCells(arena, aggregation, [FIRST_CELL])).toEqual(reading);
  });

  it.each([SUM, GAUGE, HISTOGRAM, EXPONENTIAL])('keeps to its words: %j', (aggregation) => {
    const arena = newArena();
    const cell = newCell(arena, aggregation);
    for (let i = -1000; i < 1000; i++) cell.record(i ** 3 / 7);
    const end = FIRST_CELL + cellWords(aggregation);
    expect(arena.f64.subarray(end).every((word) => word === 0)).toBe(true);
    expect(arena.f64.subarray(64, FIRST_CELL).every((word) => word === 0)).toBe(true);
  });

  it.each<[StreamAggregation, object]>([
    [SUM, { kind: 'sum', value: 3057 }],
    [GAUGE, { kind: 'last-value', value: 3000 }],
    [HISTOGRAM, { kind: 'histogram', count: 5, sum: 3057, min: 1, max: 3000, buckets: Float64Array.of(0, 3, 1, 1) }],
    [
      EXPONENTIAL,
      {
        kind: 'exponential-histogram',
        count: 5,
        sum: 3057,
        min: 1,
        max: 3000,
        scale: -2,
        zeroCount: 0,
        positive: { offset: -1, bucketCounts: [1, 2, 1, 1] },
        negative: { offset: 0, bucketCounts: [] },
      },
    ],
  ])('is read together with those of other threads: %j', (aggregation, reading) => {
    const arena = newArena();
    const places = [FIRST_CELL, FIRST_CELL + 1000, FIRST_CELL + 2000];
    const [first, second] = places.map((at) => newCell(arena, aggregation, at));
    for (const value of [1, 2, 4]) first!.record(value);
    for (const value of [50, 3000]) second!.record(value);
    expect(readCells(arena, aggregation, places)).toEqual(reading);
  });
});

describe.each([SUM, GAUGE, HISTOGRAM, DENSE, EXPONENTIAL])('a value that a cell is to take at once: %j', (aggregation) => {
  it('is taken as any other, or not at all', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double(), fc.double({ min: 0, max: 200 }), fc.constantFrom(0, -0, 10, 100))), (values) => {
        const [arena, twin] = [newArena(), newArena()];
        const [cell, expected] = [newCell(arena, aggregation), newCell(twin, aggregation)];
        for (const value of values) {
          const isTaken = cell.tryRecord(value);
          if (isTaken) expected.record(value);
          else if (value > 0) expect(value).toBe(Infinity);
          if (isTaken) expect(value).toBeGreaterThanOrEqual(0);
          expect(readCells(arena, aggregation, [FIRST_CELL])).toEqual(readCells(twin, aggregation, [FIRST_CELL]));
        }
      }),
    );
  });

  it('is not, once the cell is retired', () => {
    const arena = newArena();
    const cell = newCell(arena, aggregation);
    expect(cell.tryRecord(5)).toBe(true);
    const reading = readCells(arena, aggregation, [FIRST_CELL]);
    cell.retire();
    for (const value of [5, 0, 1e300]) expect(cell.tryRecord(value)).toBe(false);
    expect(readCells(arena, aggregation, [FIRST_CELL])).toEqual(reading);
    const heir = createCell(arena, aggregation, FIRST_CELL);
    expect(heir.tryRecord(5)).toBe(true);
  });
});

describe('a gauge that several threads set', () => {
  it('has the value that was set last', () => {
    const arena = newArena();
    const [one, other] = [newCell(arena, GAUGE), newCell(arena, GAUGE, FIRST_CELL + 2)];
    newCell(arena, GAUGE, FIRST_CELL + 4);
    const read = (): unknown => readCells(arena, GAUGE, [FIRST_CELL, FIRST_CELL + 2, FIRST_CELL + 4]);
    one!.record(1);
    expect(read()).toEqual({ kind: 'last-value', value: 1 });
    other!.record(2);
    expect(read()).toEqual({ kind: 'last-value', value: 2 });
    one!.record(3);
    expect(read()).toEqual({ kind: 'last-value', value: 3 });
  });

  it.each([
    ['31 bits run over', 0x7fff_fffe, 0, [0, 1]],
    ['32 bits run over', -2, 1, [1, 2]],
    ['31 bits run over again', 0x7fff_fffe, 2, [2, 3]],
  ])('has it also when the clock runs over: %s', (_, clock, counted, [before, after]) => {
    const arena = newArena();
    arena.i32[GAUGE_CLOCK] = clock;
    arena.i32[GAUGE_CLOCK + 1] = counted;
    const cells = [newCell(arena, GAUGE), newCell(arena, GAUGE, FIRST_CELL + 2)];
    let late = false;
    for (let value = 1; value <= 8; value++) {
      expect(arena.i32[GAUGE_CLOCK + 1]).toBe(late ? after : before);
      cells[value % 2]!.record(value);
      late = value >= 2;
      expect(readCells(arena, GAUGE, [FIRST_CELL, FIRST_CELL + 2])).toEqual({ kind: 'last-value', value });
    }
  });

  it('has it while a thread has yet to say that the clock ran over', () => {
    const arena = newArena();
    arena.i32[GAUGE_CLOCK] = 0x7fff_ffff;
    const cells = [newCell(arena, GAUGE), newCell(arena, GAUGE, FIRST_CELL + 2)];
    cells[0]!.record(1);
    arena.i32[GAUGE_CLOCK + 1] = 0;
    cells[1]!.record(2);
    expect(readCells(arena, GAUGE, [FIRST_CELL, FIRST_CELL + 2])).toEqual({ kind: 'last-value', value: 2 });
  });
});

describe.each([HISTOGRAM, EXPONENTIAL])('the least and the greatest value: %j', (aggregation) => {
  it('are told for each interval apart', () => {
    const arena = newArena();
    const places = [FIRST_CELL, FIRST_CELL + 1000];
    const [one, other] = places.map((at) => newCell(arena, aggregation, at));
    one!.record(5);
    one!.record(7);
    arena.i32[MIN_MAX_EPOCH] = 1;
    expect(readInterval(arena, places, 1)).toBeUndefined();
    one!.record(6);
    expect(readInterval(arena, places, 1)).toEqual({ min: 6, max: 6 });
    other!.record(-3);
    one!.record(6.5);
    expect(readInterval(arena, places, 1)).toEqual({ min: -3, max: 6.5 });
    arena.i32[MIN_MAX_EPOCH] = 2;
    other!.record(100);
    expect(readInterval(arena, places, 1)).toEqual({ min: 6, max: 6.5 });
    expect(readInterval(arena, places, 2)).toEqual({ min: 100, max: 100 });
    expect(readInterval(arena, places, 3)).toBeUndefined();
    expect(readCells(arena, aggregation, places)).toMatchObject({ count: 6, min: -3, max: 100, sum: 121.5 });
  });

  it.each([HISTOGRAM, EXPONENTIAL])('are those of all who write to the cell one after the other: %j', (aggregation) => {
    const arena = newArena();
    const [one, other] = [newCell(arena, aggregation), createCell(arena, aggregation, FIRST_CELL)];
    arena.i32[MIN_MAX_EPOCH] = 1;
    one.record(5);
    other.record(7);
    one.record(6);
    expect(readInterval(arena, [FIRST_CELL], 1)).toEqual({ min: 5, max: 7 });
    arena.i32[MIN_MAX_EPOCH] = 2;
    other.record(1);
    one.record(2);
    expect(readInterval(arena, [FIRST_CELL], 2)).toEqual({ min: 1, max: 2 });
  });
});

describe.each([HISTOGRAM, EXPONENTIAL])('a thread that is ended in the middle of a record: %j', (aggregation) => {
  it.each(Array.from({ length: 60 }, (_, writes) => writes))('leaves a cell that can be read and gone on with, at write %i', (writes) => {
    const arena = newArena();
    const cell = newCell(arena, aggregation);
    const values = [3, -7, 0, 3.5];
    for (const value of values) cell.record(value);
    // Far away, so that an exponential histogram folds; and in a new interval.
    arena.i32[MIN_MAX_EPOCH] = 1;
    const dead = createCell(dying(arena, writes + 1), aggregation, FIRST_CELL);
    let isEnded = false;
    try {
      dead.record(1e6);
      values.push(1e6);
    } catch (error) {
      expect(error).toBeInstanceOf(Ended);
      isEnded = true;
    }
    const counts = (): number[] => {
      const reading = readCells(arena, aggregation, [FIRST_CELL]);
      if (reading.kind === 'histogram') return [reading.count, [...reading.buckets].reduce((a, b) => a + b, 0)];
      if (reading.kind !== 'exponential-histogram') throw new Error(reading.kind);
      const { count, zeroCount, positive, negative } = reading;
      return [count, [zeroCount, ...positive.bucketCounts, ...negative.bucketCounts].reduce((a, b) => a + b, 0)];
    };
    const [count, total] = counts();
    expect(count).toBe(total);
    // The record is there or not.
    expect([4, 5].slice(isEnded ? 0 : 1)).toContain(count);
    const heir = createCell(arena, aggregation, FIRST_CELL);
    expect(arena.f64[FIRST_CELL + COUNT]).toBe(count);
    heir.record(1e6);
    expect(counts()).toEqual([count! + 1, count! + 1]);
    expect(readCells(arena, aggregation, [FIRST_CELL])).toMatchObject({ min: -7, max: 1e6 });
  });
});

describe.each([SUM, GAUGE, HISTOGRAM, EXPONENTIAL])('a reading, in the midst of which another thread records: %j', (aggregation) => {
  it.each(Array.from({ length: 30 }, (_, reads) => reads))('shows what was before or after, at read %i', (reads) => {
    for (const values of [[5], [1000], [3, 1e5, 1e9], [-1e7, 0, 1e-7]]) {
      const arena = newArena();
      const cell = newCell(arena, aggregation);
      for (const value of [1, 2, -1]) cell.record(value);
      const before = readCells(arena, aggregation, [FIRST_CELL]);
      let isInterrupted = false;
      const torn = interrupted(arena, reads, () => {
        isInterrupted = true;
        for (const value of values) cell.record(value);
      });
      const reading = readCells(torn, aggregation, [FIRST_CELL]);
      const now = readCells(arena, aggregation, [FIRST_CELL]);
      expect(isInterrupted ? [before, now] : [before]).toContainEqual(reading);
    }
  });
});
