import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BucketIndex, classOf, NONE } from '../../src/cells/bucket-index.ts';

const SDK_DEFAULT = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];
const LEAST = Number.MIN_VALUE;

/** The first boundary that is not below, as the SDK's `binarySearchUB` has it. */
function expected(boundaries: readonly number[], value: number): number {
  const bucket = boundaries.findIndex((boundary) => !(boundary < value));
  return bucket < 0 ? boundaries.length : bucket;
}

/** The next number above, or below. */
function next(value: number, up: boolean): number {
  if (value === 0) return up ? LEAST : -LEAST;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] = bits[0]! + (value > 0 === up ? 1n : -1n);
  return new Float64Array(bits.buffer)[0]!;
}

function values(boundaries: readonly number[]): number[] {
  const special = [0, -0, LEAST, -LEAST, 2 ** -1022, -(2 ** -1022), Number.MAX_VALUE, -Number.MAX_VALUE, Infinity, -Infinity, 1, -1];
  return [...special, ...boundaries.flatMap((boundary) => [next(boundary, false), boundary, next(boundary, true), -boundary])];
}

/** As the table has it, or `undefined` where it has none. */
function byTable({ first, boundaries }: BucketIndex, value: number): number | undefined {
  const bucket = first[classOf(value)]!;
  return bucket === NONE ? undefined : bucket + Number(boundaries[bucket]! < value);
}

describe('the bucket of a value', () => {
  it.each<[string, readonly number[]]>([
    ['the usual ones', SDK_DEFAULT],
    ['none', []],
    ['one', [0]],
    ['negative ones', [-1000, -1, -0.001, 0, 0.001, 1]],
    ['close to one another', [1, 1.0000001, 1.0000002, 1.01, 1.02, 1.03]],
    ['subnormal ones', [-LEAST, LEAST, 1e-310, 2 ** -1022]],
    ['great ones', [-Number.MAX_VALUE, 1e300, Number.MAX_VALUE]],
    ['very many', Array.from({ length: 1000 }, (_, i) => i - 300)],
  ])('is the first whose boundary is not below: %s', (_, boundaries) => {
    const index = BucketIndex.of(boundaries);
    for (const value of values(boundaries)) {
      expect([value, index.find(value)]).toEqual([value, expected(boundaries, value)]);
      expect([value, byTable(index, value) ?? index.find(value)]).toEqual([value, expected(boundaries, value)]);
    }
  });

  it('is that for any boundaries and values', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.uniqueArray(finite, { maxLength: 40 }), fc.array(fc.double({ noNaN: true }), { maxLength: 40 }), (unsorted, more) => {
        const boundaries = [...new Set(unsorted.map((boundary) => boundary + 0))].sort((a, b) => a - b);
        const index = BucketIndex.of(boundaries);
        for (const value of [...values(boundaries), ...more]) {
          expect(index.find(value)).toBe(expected(boundaries, value));
          expect(byTable(index, value) ?? index.find(value)).toBe(expected(boundaries, value));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is in the table for ordinary values of the usual boundaries, and for no others', () => {
    const index = BucketIndex.of(SDK_DEFAULT);
    for (const value of [0, LEAST, 2 ** -1022, 0.1, 5, 9_999, 1e5, Number.MAX_VALUE]) expect(byTable(index, value)).toBeDefined();
    for (const value of [-0, -LEAST, -5, -Infinity, Infinity, NaN]) expect(byTable(index, value)).toBeUndefined();
  });

  it('is found in one table for the same boundaries', () => {
    expect(BucketIndex.of([1, 2, 3])).toBe(BucketIndex.of([1, 2, 3]));
    expect(BucketIndex.of([1, 2, 3])).not.toBe(BucketIndex.of([1, 23]));
  });

  it('is searched for where there are more boundaries than numbers for a table', () => {
    const index = BucketIndex.of(Array.from({ length: 65_535 }, (_, i) => i));
    for (const value of [0, 0.5, 65_534, 1e9]) {
      expect(byTable(index, value)).toBeUndefined();
      expect(index.find(value)).toBe(Math.min(65_535, Math.ceil(value)));
    }
  });
});
