import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inLanes } from '../src/pipeline/lanes.ts';

describe('lanes', () => {
  test('take each item once, in order, and no more at a time than there are lanes', async () => {
    const turns = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(turns, fc.integer({ min: 1, max: 5 }), async (items, lanes) => {
        const begun: number[] = [];
        let [busy, most] = [0, 0];
        await inLanes([...items.entries()], lanes, async ([index, count]) => {
          begun.push(index);
          most = Math.max(most, ++busy);
          for (let each = 0; each < count; each++) await nextTurn();
          busy--;
        });
        expect(begun).toEqual([...items.keys()]);
        expect(busy).toBe(0);
        expect(most).toBeLessThanOrEqual(lanes);
      }),
    );
  });

  test('are all at work', async () => {
    const { promise: allThere, resolve } = Promise.withResolvers<void>();
    let busy = 0;
    await inLanes([1, 2, 3], 3, async () => {
      if (++busy === 3) resolve();
      await allThere;
    });
    expect(busy).toBe(3);
  });

  test('reject with the first error, when those under way are done, and begin no more', async () => {
    const done: number[] = [];
    const work = async (item: number): Promise<void> => {
      for (let each = 0; each < item; each++) await nextTurn();
      if (item < 3) throw new Error(`no ${item}`);
      done.push(item);
    };
    await expect(inLanes([5, 1, 2, 9], 3, work)).rejects.toThrow('no 1');
    expect(done).toEqual([5]);
  });
});
