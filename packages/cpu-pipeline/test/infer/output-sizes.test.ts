import { expect, test } from '@jest/globals';
import { OutputSizes } from '../../src/infer/output-sizes.ts';

function keyOf(sizes: OutputSizes, dims: readonly number[], outputs: readonly string[] = ['out']): string {
  const tensor = { type: 'uint8', dims, data: new Uint8Array(0) } as const;
  return sizes.keyOf([{ name: 'in', tensor }], outputs);
}

test('sizes are known by dimensions and outputs, and are the greatest there were', () => {
  const sizes = new OutputSizes();
  const key = keyOf(sizes, [1, 23]);
  expect(sizes.get(key)).toBeUndefined();
  sizes.learn(key, [8, 100]);
  sizes.learn(key, [16, 50]);
  sizes.learn(key, [4, 4]);
  expect(sizes.get(key)).toEqual([16, 100]);
  for (const other of [keyOf(sizes, [12, 3]), keyOf(sizes, [1, 23], ['other']), keyOf(sizes, [1, 23, 1])]) {
    expect(sizes.get(other)).toBeUndefined();
  }
});

test('of ever new dimensions those that were learned first are forgotten', () => {
  const sizes = new OutputSizes();
  const keys = Array.from({ length: 1500 }, (_, width) => keyOf(sizes, [width]));
  for (const key of keys) sizes.learn(key, [1]);
  const known = keys.filter((key) => sizes.get(key) !== undefined);
  expect(known).toEqual(keys.slice(-known.length));
  expect(known).toHaveLength(1000);
});
