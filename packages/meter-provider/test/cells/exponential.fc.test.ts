import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCells } from '../../src/cells/cells.ts';
import { readExponential } from '../../src/cells/exponential.ts';
import { emptyExponential, mergeExponential, subtractExponential } from '../../src/cells/exponential-reading.ts';
import type { StreamAggregation } from '../../src/model/stream.ts';
import { FIRST_CELL, newArena, newCell } from './arena.ts';
import { sdkSeries } from './sdk.ts';

const maxSize = fc.constantFrom(1, 2, 3, 4, 7, 20, 160);
const anyNumber = fc.oneof(
  fc.double({ noNaN: true }),
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.double({ min: 1, max: 1.0001, noNaN: true }),
  fc.integer({ min: -1074, max: 1023 }).map((exponent) => 2 ** exponent),
  fc.constantFrom(0, -0, 1, -1, 2 ** -1022, -(2 ** -1022), Number.MIN_VALUE, Number.MAX_VALUE),
);
/** Of these sums are exact, in whatever order. */
const exactNumber = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 8),
  fc.integer({ min: -20, max: 30 }).map((exponent) => 2 ** exponent),
  fc.constant(0),
);

function exponential(size: number): Extract<StreamAggregation, { kind: 'exponential-histogram' }> {
  return { kind: 'exponential-histogram', maxSize: size, recordMinMax: true };
}

describe('an exponential histogram', () => {
  it("holds what the SDK's holds", async () => {
    await fc.assert(
      fc.asyncProperty(maxSize, fc.array(anyNumber, { minLength: 1, maxLength: 120 }), async (size, values) => {
        const aggregation = exponential(size);
        const arena = newArena();
        const cell = newCell(arena, aggregation);
        // The SDK begins to count with the first finite value, and makes no point without one.
        const sdk = sdkSeries(aggregation);
        for (const value of values) {
          cell.record(value);
          sdk.record(value);
        }
        const { kind, ...reading } = readCells(arena, aggregation, [FIRST_CELL]);
        expect(kind).toBe('exponential-histogram');
        expect({ ...reading, sum: undefined }).toEqual(await sdk.read());
      }),
      { numRuns: 300 },
    );
  });

  it("has the sum that the SDK's has", async () => {
    const positive = fc.array(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(positive, async (values) => {
        const aggregation = exponential(160);
        const arena = newArena();
        const cell = newCell(arena, aggregation);
        const sdk = sdkSeries(aggregation, 'histogram');
        for (const value of values) {
          cell.record(value);
          sdk.record(value);
        }
        const { kind: _, ...reading } = readCells(arena, aggregation, [FIRST_CELL]);
        expect(reading).toEqual(await sdk.read());
      }),
      { numRuns: 100 },
    );
  });

  it('is the same in one cell and in several', () => {
    fc.assert(
      fc.property(maxSize, fc.array(fc.tuple(exactNumber, fc.nat(3)), { maxLength: 150 }), (size, records) => {
        const aggregation = exponential(size);
        const arena = newArena();
        const whole = newCell(arena, aggregation);
        const places = [1, 2, 3, 4].map((n) => FIRST_CELL + n * 1000);
        const parts = places.map((at) => newCell(arena, aggregation, at));
        for (const [value, thread] of records) {
          whole.record(value);
          parts[thread]!.record(value);
        }
        expect(readCells(arena, aggregation, places)).toEqual(readCells(arena, aggregation, [FIRST_CELL]));
      }),
      { numRuns: 300 },
    );
  });

  it('is an earlier one and what came since', () => {
    fc.assert(
      fc.property(maxSize, fc.array(exactNumber, { maxLength: 60 }), fc.array(exactNumber, { maxLength: 60 }), (size, before, since) => {
        const aggregation = exponential(size);
        const arena = newArena();
        const cell = newCell(arena, aggregation);
        for (const value of before) cell.record(value);
        const previous = readExponential(arena, [FIRST_CELL], size);
        for (const value of since) cell.record(value);
        const current = readExponential(arena, [FIRST_CELL], size);
        const delta = subtractExponential(current, previous);
        expect(delta).toMatchObject({ count: since.length, zeroCount: since.filter((value) => value === 0).length });
        const { min, max } = current;
        expect({ ...mergeExponential(previous, delta, Math.max(2, size)), min, max }).toEqual(current);
        expect(subtractExponential(current, emptyExponential())).toEqual({ ...current, min: Infinity, max: -Infinity });
        expect(subtractExponential(current, current)).toEqual(emptyExponential());
      }),
      { numRuns: 300 },
    );
  });
});

describe('a histogram', () => {
  it("holds what the SDK's holds", async () => {
    const boundaries = fc.uniqueArray(fc.integer({ min: -100, max: 1000 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(boundaries, fc.array(exactNumber, { minLength: 1, maxLength: 100 }), async (unsorted, values) => {
        const aggregation: StreamAggregation = { kind: 'histogram', boundaries: unsorted.sort((a, b) => a - b), recordMinMax: true };
        const arena = newArena();
        const cell = newCell(arena, aggregation);
        const sdk = sdkSeries(aggregation);
        for (const value of values) {
          cell.record(value);
          sdk.record(value);
        }
        const reading = readCells(arena, aggregation, [FIRST_CELL]);
        if (reading.kind !== 'histogram') throw new Error(reading.kind);
        const { count, min, max, buckets } = reading;
        expect({ count, min, max, buckets: { boundaries: aggregation.boundaries, counts: [...buckets] } }).toEqual(await sdk.read());
      }),
      { numRuns: 100 },
    );
  });
});
